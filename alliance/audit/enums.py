"""What are the words? Kinds of looks that people may ask about."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Look(models.TextChoices):
    """What was looked at."""

    BARRIERS = "barriers", _("What makes work hard for you")
    DEMOGRAPHICS = "demographics", _("What you said about yourself (for statistics)")
    FORMER_WAGE = "former_wage", _("What you earned before the programme")
    WAGES = "wages", _("What you earn in your job")
    DOCUMENT = "document", _("A document, for example your résumé")
    EXPORT = "export", _("A list of people, saved as a file")
    VIEW_AS = "view_as", _("The site, seen through a team member’s eyes")
