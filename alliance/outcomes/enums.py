"""What are the words? What grants count, and how."""

from django.db import models


class Basis(models.TextChoices):
    """The three meanings of "retained" in the field; a rate always says which."""

    SAME_EMPLOYER = "same_employer", "Still with the same employer"
    CONTINUOUS_ANY = "continuous_any", "At work without a gap of more than 28 days, any employer"
    SNAPSHOT_ANY = "snapshot_any", "At work on that day, any employer"
