"""What are the words? A role's states and the terms it is offered on."""

from django.db import models


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for the Alliance"
    OPEN = "open", "Open"
    FILLED = "filled", "Filled"
    CLOSED = "closed", "Closed"


class Shift(models.TextChoices):
    DAY = "day", "Days"
    EVENING = "evening", "Evenings"
    NIGHT = "night", "Nights"
    WEEKEND = "weekend", "Weekends"
    ROTATING = "rotating", "Rotating"


class PayUnit(models.TextChoices):
    HOUR = "hour", "an hour"
    YEAR = "year", "a year"


class Demand(models.TextChoices):
    REQUIRED = "required", "Required"
    PREFERRED = "preferred", "Preferred"
    EXPERIENCE = "experience", "Experience accepted instead"


class Need(models.TextChoices):
    MUST = "must", "Must have"
    NICE = "nice", "Nice to have"


class Condition(models.TextChoices):
    """What stops somebody from being put forward; the desk may switch each off for a role."""

    READY = "ready", "Signed off as ready"
    CONSENT = "consent", "Agrees to be matched and shown"
    AVAILABLE = "available", "Available when it starts"
    SHIFT = "shift", "Works that shift"
    HOURS = "hours", "Gets enough hours"
    COMMUTE = "commute", "Lives near enough"
    PAY = "pay", "Is paid enough"
    CREDENTIAL = "credential", "Has the credentials the employer requires"
    LAW = "law", "Has the licences the law requires"
    DEGREE = "degree", "Has the degree that is required"


class CloseReason(models.TextChoices):
    HIRED_ELSEWHERE = "hired_elsewhere", "Hired through another channel"
    ON_HOLD = "on_hold", "Hiring is on hold"
    CANCELLED = "cancelled", "The role was cancelled"
    OTHER = "other", "Another reason"
