"""When may it move? The life of a candidate. docs/lifecycles/candidate.md is drawn from this file."""

from alliance.lib.lifecycle import Lifecycle, Move
from candidates.enums import Status

SIGN_OFF = Move("sign_off", frozenset({Status.REGISTERED}), Status.READY, "Sign off as ready")
TAKE_BACK = Move(
    "take_back", frozenset({Status.READY}), Status.REGISTERED, "Take the sign-off back"
)
LEAVE = Move(
    "leave", frozenset({Status.REGISTERED, Status.READY}), Status.LEFT, "Left the programme"
)
RETURN = Move("return", frozenset({Status.LEFT}), Status.REGISTERED, "Came back")

LIFECYCLE = Lifecycle(start=Status.REGISTERED, moves=(SIGN_OFF, TAKE_BACK, LEAVE, RETURN))
