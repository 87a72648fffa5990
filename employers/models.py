"""What is it? Employers, where they work, and the roles they are filling."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import Case, Exists, F, FloatField, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt

from alliance.accounts.models import Organization
from alliance.lib.distances import EARTH_RADIUS_MILES
from alliance.lib.money import WEEKS_A_YEAR
from alliance.skills.enums import Education, SkillLevel
from alliance.skills.models import Occupation, Skill, ZipArea
from employers.enums import CloseReason, Condition, Demand, Need, PayUnit, Shift, Status

DEGREES = [Education.ASSOCIATE, Education.BACHELOR, Education.MORE]
TEXT = SearchVector("title", "description", config="english")


class Employer(models.Model):
    """What the Alliance knows of an employer; people and name live on the organisation."""

    organization = models.OneToOneField(
        Organization, models.PROTECT, primary_key=True, related_name="+"
    )
    about = models.TextField(blank=True)
    trusted_since = models.DateTimeField(
        null=True, blank=True, help_text="From then on roles open without approval."
    )

    def __str__(self) -> str:
        return self.organization.name


class BlindnessQuerySet(models.QuerySet["Blindness"]):
    def lifted_for(self, employers: Collection[int]) -> set[int]:
        """Which of these may ask for names from the start: what was decided last counts."""
        last = self.filter(employer__in=employers).order_by("employer", "-at", "-pk")
        decided = last.distinct("employer").values_list("employer", "blind")
        return {employer for employer, blind in decided if not blind}


class Blindness(models.Model):
    """Whether an employer first sees people without their names. Where nobody decided, it does.

    Each decision is a row of its own, added by staff with a reason and never edited.
    """

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="blindness")
    blind = models.BooleanField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = BlindnessQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "blindness"
        constraints = [
            models.CheckConstraint(name="blindness_has_a_reason", condition=~Q(reason=""))
        ]

    def __str__(self) -> str:
        return "Blind" if self.blind else "Names from the start, where the person agrees"


class Site(models.Model):
    """A place where an employer's people work."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="sites", db_index=False)
    name = models.CharField(max_length=80)
    street = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=60)
    zip = models.ForeignKey(ZipArea, models.PROTECT, verbose_name="ZIP", related_name="+")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["id", "employer"], name="site_with_its_employer"),
            models.UniqueConstraint(fields=["employer", "name"], name="site_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"


class RoleQuerySet(models.QuerySet["Role"]):
    def open(self) -> RoleQuerySet:
        return self.filter(status=Status.OPEN)

    def waiting(self) -> RoleQuerySet:
        """Submitted by an employer whose roles the Alliance still approves."""
        return self.filter(status=Status.SUBMITTED)

    def for_employer(self, employer_id: int) -> RoleQuerySet:
        return self.filter(employer_id=employer_id)

    def ready_for_face(self) -> RoleQuerySet:
        """With everything a role's page shows, in a fixed number of queries."""
        return self.select_related(
            "employer__organization", "site__zip", "occupation"
        ).prefetch_related(Prefetch("skills", RoleSkill.objects.select_related("skill")))

    def mentioning(self, words: str) -> RoleQuerySet:
        """Whose title, text, employer, occupation or skills speak of this."""
        asked = RoleSkill.objects.filter(role=OuterRef("pk"), skill__name__icontains=words)
        return self.alias(text=TEXT).filter(
            Q(text=SearchQuery(words, config="english", search_type="websearch"))
            | Q(title__icontains=words)
            | Q(employer__organization__name__icontains=words)
            | Q(occupation__name__icontains=words)
            | Exists(asked)
        )

    def open_without_a_degree(self) -> RoleQuerySet:
        """No degree asked for, or not insisted on."""
        return self.exclude(education__in=DEGREES, education_demand=Demand.REQUIRED)

    def with_hourly_pay(self) -> RoleQuerySet:
        """``hourly_min``: the lower pay by the hour, whatever unit it was written in."""
        by_year = F("pay_min") / (F("hours_per_week") * WEEKS_A_YEAR)
        return self.annotate(
            hourly_min=Case(When(pay_unit=PayUnit.YEAR, then=by_year), default=F("pay_min"))
        )

    def with_miles_from(self, area: ZipArea) -> RoleQuerySet:
        """``miles`` as the crow flies between the middles of two ZIP areas (haversine)."""
        latitude, longitude = F("site__zip__latitude"), F("site__zip__longitude")
        by_latitude = Power(Sin(Radians(latitude - area.latitude) / 2), 2)
        by_longitude = Power(Sin(Radians(longitude - area.longitude) / 2), 2)
        shrink = Cos(Radians(latitude)) * Cos(Radians(Value(area.latitude)))
        chord = Least(by_latitude + shrink * by_longitude, 1.0)
        return self.annotate(
            miles=2 * EARTH_RADIUS_MILES * ASin(Sqrt(chord), output_field=FloatField())
        )


class Role(models.Model):
    """A job opening. (The hat a person wears is an *audience*.)

    ``credentials`` the employer requires, ``licences`` the law; ``conditions_off`` do not count for
    this role. The desk sets all three, the employer's own team the first two; the trail keeps what they were.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="roles", db_index=False)
    title = models.CharField(max_length=120)
    occupation = models.ForeignKey(Occupation, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    shift = models.CharField(max_length=10, choices=Shift.choices, default=Shift.DAY)
    hours_per_week = models.DecimalField(max_digits=4, decimal_places=1, default=Decimal(40))
    starts_on = models.DateField("start date")
    openings = models.PositiveSmallIntegerField(default=1)
    pay_min = models.DecimalField(max_digits=9, decimal_places=2)
    pay_max = models.DecimalField(max_digits=9, decimal_places=2)
    pay_unit = models.CharField(max_length=4, choices=PayUnit.choices, default=PayUnit.HOUR)
    education = models.CharField(max_length=12, choices=Education.choices, default=Education.NONE)
    education_demand = models.CharField(
        max_length=10, choices=Demand.choices, default=Demand.EXPERIENCE
    )
    education_reason = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    credentials = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    licences = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    conditions_off = ArrayField(
        models.CharField(max_length=10, choices=Condition.choices), default=list, blank=True
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=16, choices=CloseReason.choices, blank=True)
    return_note = models.CharField(max_length=500, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["employer", "status", "-created_at"], name="role_by_employer"),
            models.Index(fields=["-opened_at"], name="role_open", condition=Q(status=Status.OPEN)),
            GinIndex(TEXT, name="role_full_text"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "employer"], name="role_with_its_employer"),
            models.CheckConstraint(
                name="role_status_is_known", condition=Q(status__in=Status.values)
            ),
            models.CheckConstraint(
                name="role_pay_is_a_range",
                condition=Q(pay_min__gt=0) & Q(pay_max__gte=F("pay_min")),
                violation_error_message="The lower pay must be above zero and not above the higher.",
            ),
            models.CheckConstraint(
                name="role_has_openings_and_hours",
                condition=Q(openings__gte=1) & Q(hours_per_week__gt=0) & Q(hours_per_week__lte=80),
            ),
            models.CheckConstraint(
                name="role_open_has_a_date",
                condition=~Q(status__in=[Status.OPEN, Status.FILLED]) | Q(opened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="role_ended_has_a_date",
                condition=~Q(status__in=[Status.FILLED, Status.CLOSED]) | Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RoleSkill(models.Model):
    """A skill a role asks for: how much of it, and whether it can do without."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="skills", db_index=False)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    need = models.CharField(max_length=4, choices=Need.choices, default=Need.MUST)
    level = models.PositiveSmallIntegerField(choices=SkillLevel.choices, default=SkillLevel.GUIDED)

    class Meta:
        ordering = ["need", "skill__name"]
        constraints = [
            models.UniqueConstraint(fields=["role", "skill"], name="role_asks_a_skill_once"),
            models.CheckConstraint(
                name="role_skill_level_is_known", condition=Q(level__in=SkillLevel.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} ({self.get_need_display()})"


class Reach(models.Model):
    """About how many ready people a role reaches, as far as its employer may be told: counted in the night.

    Nothing here names anybody. ``each`` says what asking for less would do: how the sentence begins, whom it
    counts, and about how many; nothing where it is nobody, or too few to be told.
    """

    role = models.OneToOneField(Role, models.CASCADE, primary_key=True, related_name="+")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+")
    counted_at = models.DateTimeField()
    fit = models.PositiveIntegerField(null=True)
    whole = models.PositiveIntegerField(null=True)
    each = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"Reach of role {self.role_id}"
