"""What are the words? Levels of skill and of education, one scale for everybody."""

from django.db import models


class SkillLevel(models.IntegerChoices):
    AWARE = 1, "Knows of it"
    GUIDED = 2, "Does it with guidance"
    ALONE = 3, "Does it alone"
    TEACHES = 4, "Shows others"


class Education(models.TextChoices):
    NONE = "none", "None"
    HIGH_SCHOOL = "high_school", "High school or equivalent"
    CERTIFICATE = "certificate", "Certificate"
    ASSOCIATE = "associate", "Associate degree"
    BACHELOR = "bachelor", "Bachelor’s degree"
    MORE = "more", "More than a bachelor’s"


EDUCATION_ORDER = {level: rank for rank, level in enumerate(Education)}
