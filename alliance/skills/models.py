"""What is it? The vocabulary employers, providers and the desk all speak."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from alliance.skills.enums import Education


class Skill(models.Model):
    """Something a person can do, in our words."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80, unique=True)
    family = models.CharField(max_length=60)
    about = models.CharField(max_length=200, blank=True)
    adjacent = models.ManyToManyField("self", blank=True)

    class Meta:
        ordering = ["family", "name"]

    def __str__(self) -> str:
        return self.name


class SkillAlias(models.Model):
    """How adverts and programmes really call it; ``key`` is what look-ups compare."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=80)
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ["text"]
        verbose_name_plural = "skill aliases"

    def __str__(self) -> str:
        return self.text


class Occupation(models.Model):
    """A kind of job, by SOC and O*NET-SOC code."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80, unique=True)
    soc = models.CharField("SOC code", max_length=7)
    onet = models.CharField("O*NET-SOC code", max_length=10)
    title = models.CharField("official title", max_length=120)
    family = models.CharField(max_length=60)
    typical_education = models.CharField(max_length=12, choices=Education.choices)
    skills: models.ManyToManyField[Skill, OccupationSkill] = models.ManyToManyField(
        Skill, through="OccupationSkill", related_name="occupations"
    )

    class Meta:
        ordering = ["family", "name"]
        constraints = [
            models.CheckConstraint(
                name="occupation_codes_look_right",
                condition=Q(soc__regex=r"^\d{2}-\d{4}$") & Q(onet__regex=r"^\d{2}-\d{4}\.\d{2}$"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class OccupationSkill(models.Model):
    """What such a job usually asks: what the role editor proposes first."""

    occupation = models.ForeignKey(Occupation, models.CASCADE, db_index=False)
    skill = models.ForeignKey(Skill, models.CASCADE)
    level = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occupation", "skill"], name="occupation_names_a_skill_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.occupation}: {self.skill}"


class ZipArea(models.Model):
    """A ZIP code and roughly where its middle is, in degrees."""

    code = models.CharField("ZIP", max_length=5, primary_key=True)
    place = models.CharField(max_length=60)
    state = models.CharField(max_length=2)
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.place}"
