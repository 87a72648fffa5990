"""What are the words? Kinds of organisation and what their members are called."""

from django.db import models

from alliance.access.actor import Audience, Level


class Kind(models.TextChoices):
    ALLIANCE = "alliance", "The Alliance"
    EMPLOYER = "employer", "Employer"
    PROVIDER = "provider", "Training provider"
    FUNDER = "funder", "Funder"


class LevelChoice(models.TextChoices):
    OWNER = Level.OWNER.value, "Owner: everything, and the team"
    MEMBER = Level.MEMBER.value, "Member: the daily work"
    VIEWER = Level.VIEWER.value, "Viewer: looks, changes nothing"


AUDIENCE_OF = {
    Kind.ALLIANCE: Audience.BROKER,
    Kind.EMPLOYER: Audience.EMPLOYER,
    Kind.PROVIDER: Audience.PROVIDER,
    Kind.FUNDER: Audience.FUNDER,
}
