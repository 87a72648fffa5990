"""What are the words? Why somebody is erased."""

from django.db import models


class Reason(models.TextChoices):
    ASKED = "asked", "The person asked for it"
    INACTIVE = "inactive", "Nothing has happened for two years"
    DUTY = "duty", "A law or a court asks for it"
