"""What are the words? How a candidate stands, what they bring and what they agree to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    REGISTERED = "registered", "Registered"
    READY = "ready", "Ready"
    LEFT = "left", "Left"


class Language(models.TextChoices):
    """Languages letters can be written in; one translation file each."""

    ENGLISH = "en", "English"
    SPANISH = "es", "Español"


class Commute(models.TextChoices):
    TRANSIT = "transit", "Public transport"
    CAR = "car", "Car"
    BIKE = "bike", "Bicycle or on foot"


class Shift(models.TextChoices):
    """When somebody can work; a role's shift is one of the same words."""

    DAY = "day", _("Days")
    EVENING = "evening", _("Evenings")
    NIGHT = "night", _("Nights")
    WEEKEND = "weekend", _("Weekends")
    ROTATING = "rotating", _("Rotating")


class Gap(models.TextChoices):
    """Why nobody can be matched with a person yet."""

    CONSENT = "consent", "No consent yet"
    SIGN_OFF = "sign_off", "Not signed off"
    SKILLS = "skills", "No skills on record"


class Source(models.TextChoices):
    COMPETENCY = "competency", "Signed off by the programme"
    PROVIDER = "provider", "Vouched for by the provider"
    SELF = "self", "Stated by the candidate"


class Scope(models.TextChoices):
    """What a person can agree to, each on its own, each revocable."""

    MATCHING = "matching", _("The Alliance may look for jobs for me")
    EMPLOYERS = "employers", _("Employers may see my skills, and who I am once they ask to meet me")
    CHECK_INS = "check_ins", _("The Alliance may write to me about how the job is going")
    REPORTS = "reports", _("I may be counted, without my name, in reports to funders")


class Alike(models.TextChoices):
    """In what two records of different providers look like one person."""

    EMAIL = "email", "The same e-mail address"
    PHONE = "phone", "The same phone number"
    NAME = "name", "The same name and year of birth"


class Method(models.TextChoices):
    LINK = "link", "By link from a letter"
    PAPER = "paper", "On paper, kept by the provider"


NEEDED_TO_MATCH = (Scope.MATCHING, Scope.EMPLOYERS)
CONSENT_TEXT_VERSION = "2026-11-26"
