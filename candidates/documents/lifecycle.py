"""When may it move? The life of a document. docs/lifecycles/document.md is drawn from this file.

Without a scanner a document is let pass unscanned, for those who look after the person; once there
is a scanner it is asked about these too.
"""

from alliance.lib.lifecycle import Lifecycle, Move
from candidates.documents.enums import Status

CLEAR = Move(
    "clear", frozenset({Status.QUARANTINED, Status.UNSCANNED}), Status.CLEAN, "No virus found"
)
REJECT = Move(
    "reject", frozenset({Status.QUARANTINED, Status.UNSCANNED}), Status.REJECTED, "Virus found"
)
LET_PASS = Move("let_pass", frozenset({Status.QUARANTINED}), Status.UNSCANNED, "No scanner to ask")

LIFECYCLE = Lifecycle(start=Status.QUARANTINED, moves=(CLEAR, REJECT, LET_PASS))
