"""When may it move? The life of a file of people. docs/lifecycles/upload.md is drawn from this file."""

from alliance.lib.lifecycle import Lifecycle, Move
from candidates.intake.enums import STAGED, Status

ASK = Move("ask", frozenset(STAGED), Status.ASKING, "A column is not clear")
CHECK = Move("check", frozenset(STAGED), Status.CHECKING, "Look through it")
SHOW = Move("show", frozenset({Status.CHECKING}), Status.CHECKED, "Looked through")
TAKE = Move("take", frozenset({Status.CHECKED}), Status.TAKING, "Take the good rows")
CLOSE = Move("close", frozenset({Status.TAKING}), Status.TAKEN, "Everybody is in")
UNDO = Move("undo", frozenset({Status.TAKEN}), Status.UNDOING, "Undo the whole file")
PUT_BACK = Move("put_back", frozenset({Status.UNDOING}), Status.UNDONE, "All is as before")

LIFECYCLE = Lifecycle(start=Status.CHECKING, moves=(ASK, CHECK, SHOW, TAKE, CLOSE, UNDO, PUT_BACK))
