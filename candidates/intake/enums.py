"""What are the words? How a file stands, what would become of a row, and what did."""

from django.db import models


class Status(models.TextChoices):
    ASKING = "asking", "Waiting for you to say what a column is"
    CHECKING = "checking", "Being looked through"
    CHECKED = "checked", "Ready for you to look at"
    TAKING = "taking", "Being taken in"
    TAKEN = "taken", "In"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"


STAGED = (Status.ASKING, Status.CHECKING, Status.CHECKED)
"""Nothing has been written yet."""
AT_WORK = (Status.CHECKING, Status.TAKING, Status.UNDOING)
"""Somebody behind the page is busy with it."""


class Kind(models.TextChoices):
    """What would become of a row."""

    REFUSED = "refused", "Refused"
    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    SAME = "same", "Same"


GOOD = (Kind.NEW, Kind.CHANGED)


class Outcome(models.TextChoices):
    """What became of a row."""

    WAITING = "waiting", "Waiting"
    TAKEN = "taken", "Taken"
    PUT_BACK = "put_back", "Put back"
    KEPT = "kept", "Kept, because somebody has acted on it since"
