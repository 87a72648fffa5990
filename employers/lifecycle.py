"""When may it move? The life of a role. docs/lifecycles/role.md is drawn from this file."""

from alliance.lib.lifecycle import Lifecycle, Move
from employers.enums import Status

SUBMIT = Move("submit", frozenset({Status.DRAFT}), Status.SUBMITTED, "Submit for approval")
PUBLISH = Move("publish", frozenset({Status.DRAFT}), Status.OPEN, "Publish")
APPROVE = Move("approve", frozenset({Status.SUBMITTED}), Status.OPEN, "Approve")
RETURN = Move("return", frozenset({Status.SUBMITTED}), Status.DRAFT, "Return with a note")
FILL = Move("fill", frozenset({Status.OPEN}), Status.FILLED, "Mark as filled")
CLOSE = Move(
    "close", frozenset({Status.DRAFT, Status.SUBMITTED, Status.OPEN}), Status.CLOSED, "Close"
)
REOPEN = Move(
    "reopen", frozenset({Status.CLOSED, Status.FILLED}), Status.DRAFT, "Reopen as a draft"
)

LIFECYCLE = Lifecycle(
    start=Status.DRAFT, moves=(SUBMIT, PUBLISH, APPROVE, RETURN, FILL, CLOSE, REOPEN)
)
EDITABLE = frozenset({Status.DRAFT, Status.SUBMITTED, Status.OPEN})
