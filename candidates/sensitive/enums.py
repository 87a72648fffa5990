"""What are the words? As OMB SPD 15 (2024) asks race and ethnicity, in one question."""

from django.db import models


class Group(models.TextChoices):
    AMERICAN_INDIAN = "aian", "American Indian or Alaska Native"
    ASIAN = "asian", "Asian"
    BLACK = "black", "Black or African American"
    HISPANIC = "hispanic", "Hispanic or Latino"
    MIDDLE_EASTERN = "mena", "Middle Eastern or North African"
    PACIFIC = "nhpi", "Native Hawaiian or Pacific Islander"
    WHITE = "white", "White"
    NOT_SAID = "not_said", "Prefers not to say"


class Gender(models.TextChoices):
    WOMAN = "f", "Woman"
    MAN = "m", "Man"
    OTHER = "x", "Another"
    NOT_SAID = "not_said", "Prefers not to say"


class BarrierKind(models.TextChoices):
    CHILD_CARE = "child_care", "Child or family care"
    TRANSPORT = "transport", "Getting to work"
    HOUSING = "housing", "Housing"
    LANGUAGE = "language", "English at work"
    HEALTH = "health", "Health"
    MONEY = "money", "Money until the first pay"
    DIGITAL = "digital", "Computer or internet"
    OTHER = "other", "Something else"
