"""What is it? Where a candidate and a role meet, up to the offer."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q

from alliance.skills.models import Skill
from candidates.models import Candidate, Enrolment, SkillEvidence
from employers.enums import PayUnit
from employers.models import Employer, Role
from placements.enums import NoReason, PassReason, Status
from placements.lifecycle import LIVE, SHOWN
from providers.models import Provider

NEVER_PRESENTED = [Status.SHORTLISTED, Status.ASKED, Status.WILLING]
ENDED_BY_HAND = [Status.DECLINED, Status.WITHDRAWN]
MAY_END_UNPRESENTED = [Status.DECLINED, Status.WITHDRAWN, Status.ROLE_ENDED, Status.EXPIRED]


class Slate(models.Model):
    """The matches presented together: at most five, with one letter."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.ForeignKey(Role, models.PROTECT, related_name="slates")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    presented_at = models.DateTimeField()

    class Meta:
        ordering = ["-presented_at"]
        constraints = [
            models.UniqueConstraint(fields=["id", "employer"], name="slate_with_its_employer")
        ]

    def __str__(self) -> str:
        return f"Slate for {self.role} of {self.presented_at:%Y-%m-%d}"


def faces() -> tuple[Any, ...]:
    """What a face shows besides a name."""
    skills = SkillEvidence.objects.select_related("skill")
    enrolments = Enrolment.objects.select_related("cohort__programme")
    return (
        models.Prefetch("candidate__skills", skills),
        "candidate__credentials",
        models.Prefetch("candidate__enrolments", enrolments),
    )


class MatchQuerySet(models.QuerySet["Match"]):
    def live(self) -> MatchQuerySet:
        return self.filter(status__in=LIVE)

    def shown(self) -> MatchQuerySet:
        """What an employer may see: presented, and neither gone away again nor taken out of sight."""
        return self.filter(shown=True)

    def for_employer(self, employer_id: int) -> MatchQuerySet:
        return self.filter(employer_id=employer_id)

    def for_provider(self, provider_id: int) -> MatchQuerySet:
        return self.filter(provider_id=provider_id)

    def for_candidate(self, candidate_id: int) -> MatchQuerySet:
        return self.filter(candidate_id=candidate_id)

    def employer_to_remind(self, until: datetime) -> MatchQuerySet:
        """Presented, and the employer's time is nearly over: once."""
        return self.filter(
            status=Status.PRESENTED,
            employer_reminded_at=None,
            answer_due_at__lt=until,
        )

    def candidate_to_remind(self, until: datetime) -> MatchQuerySet:
        """Asked, and the candidate's time is nearly over: once."""
        return self.filter(
            status=Status.ASKED,
            candidate_reminded_at=None,
            candidate_due_at__lt=until,
        )

    def with_faces(self) -> MatchQuerySet:
        """With everything a face shows, in a fixed number of queries."""
        return self.with_names().prefetch_related(*faces())

    def with_names(self) -> MatchQuerySet:
        """With who it is, for which role, and what they agree to: enough for staff to act on."""
        return self.select_related(
            "role__employer__organization", "role__site", "candidate__contact"
        ).prefetch_related("candidate__consents")


class Match(models.Model):
    """A candidate put forward for a role.

    Employer and provider stand on the row itself, tied to role and candidate by composite foreign
    keys, so that both walls can be built on this table's own columns. So does ``consented``: whether the
    person agrees now to be shown to employers, kept by the database, which nobody can make lie.

    ``asks_name``: the employer sees names from the start, and the person was asked about that; ``name_agreed_at``:
    they said yes to it; ``named``: so it was when they were presented. Without all three it is skills first.

    ``ended_from``: where it stood when the desk ended it, so that this can be undone; empty where somebody else did.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.ForeignKey(Role, models.PROTECT, related_name="matches", db_index=False)
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+", db_index=False)
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="matches")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    slate = models.ForeignKey(Slate, models.PROTECT, null=True, blank=True, related_name="matches")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SHORTLISTED)
    why = models.CharField("why this person", max_length=300, blank=True)
    explanation = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    candidate_due_at = models.DateTimeField(null=True, blank=True)
    candidate_reminded_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    presented_at = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True)
    employer_reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_from = models.CharField(
        "stood at before the desk ended it",
        max_length=12,
        choices=Status.choices,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    pass_reason = models.CharField(max_length=12, choices=PassReason.choices, blank=True)
    pass_skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, related_name="+")
    pass_note = models.CharField(max_length=500, blank=True)
    no_reason = models.CharField(max_length=12, choices=NoReason.choices, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    shown = models.GeneratedField(
        expression=models.ExpressionWrapper(
            Q(hidden_at=None, status__in=sorted(SHOWN)), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    consented = models.BooleanField(default=False, db_default=False, editable=False)
    asks_name = models.BooleanField(
        "asked to be seen by name", default=False, db_default=False, editable=False
    )
    name_agreed_at = models.DateTimeField(
        "agreed to be seen by name", null=True, blank=True, editable=False
    )
    named = models.BooleanField(
        "seen by name from the start", default=False, db_default=False, editable=False
    )

    objects = MatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "matches"
        indexes = [
            models.Index(fields=["employer", "status", "answer_due_at"], name="match_by_employer"),
            models.Index(fields=["provider", "status", "-created_at"], name="match_by_provider"),
            models.Index(fields=["role", "provider"], name="match_by_role"),
            models.Index(fields=["status", "created_at"], name="match_by_status"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "role"],
                condition=Q(status__in=sorted(LIVE)),
                name="match_live_once_per_candidate_and_role",
                violation_error_message="This person is already put forward for this role.",
            ),
            models.UniqueConstraint(
                fields=["id", "employer", "provider"], name="match_with_its_sides"
            ),
            models.UniqueConstraint(fields=["id", "employer"], name="match_with_its_employer"),
            models.CheckConstraint(
                name="match_status_is_known", condition=Q(status__in=Status.values)
            ),
            models.CheckConstraint(
                name="match_presented_has_a_date_and_a_clock",
                condition=Q(status__in=[*NEVER_PRESENTED, *MAY_END_UNPRESENTED])
                | Q(presented_at__isnull=False, answer_due_at__isnull=False, slate__isnull=False),
            ),
            models.CheckConstraint(
                name="match_name_agreed_was_asked",
                condition=Q(name_agreed_at=None) | Q(asks_name=True),
            ),
            models.CheckConstraint(
                name="match_named_was_agreed",
                condition=Q(named=False) | Q(name_agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="match_ended_from_where_it_was_live",
                condition=Q(ended_from="")
                | Q(
                    ended_from__in=sorted(LIVE),
                    status__in=ENDED_BY_HAND,
                    ended_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="match_passed_has_a_reason",
                condition=~Q(status=Status.PASSED) | ~Q(pass_reason=""),
            ),
            models.CheckConstraint(
                name="match_skill_reason_names_the_skill",
                condition=~Q(pass_reason=PassReason.SKILL) | Q(pass_skill__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} for {self.role}"


class Sight(models.Model):
    """Whom an employer sees through a match, whether they agree to it still, and whether by name.

    It is what the employer's walls ask. Of somebody at work who agrees no more it sees that they are.

    A row stands for each match that shows somebody; kept by the database in the same transaction, and written
    by nobody. Plain keys, so that it stays as narrow as it can be.
    """

    match = models.OneToOneField(
        Match, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    employer_id = models.BigIntegerField()
    provider_id = models.BigIntegerField()
    candidate_id = models.BigIntegerField()
    agreed = models.BooleanField(default=False, db_default=False)
    named = models.BooleanField()

    class Meta:
        verbose_name_plural = "sight"
        indexes = [
            models.Index(fields=["employer_id", "candidate_id"], name="sight_of_a_person"),
            models.Index(fields=["employer_id", "provider_id"], name="sight_of_a_provider"),
        ]

    def __str__(self) -> str:
        return f"Sight of match {self.match_id}"


class InterviewQuerySet(models.QuerySet["Interview"]):
    def standing(self) -> InterviewQuerySet:
        return self.filter(cancelled_at=None)

    def upcoming(self, at: datetime) -> InterviewQuerySet:
        return self.standing().filter(ends_at__gte=at)


class Interview(models.Model):
    """A time and place to meet. ``sequence`` tells calendars which version is newest."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    match = models.ForeignKey(Match, models.PROTECT, related_name="interviews")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    sequence = models.PositiveSmallIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["match"], condition=Q(cancelled_at=None), name="interview_one_standing"
            ),
            models.CheckConstraint(
                name="interview_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message="The interview ends before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"Interview {self.starts_at:%Y-%m-%d %H:%M}"


class Offer(models.Model):
    """What the employer offers; a new offer on the same match replaces nothing, it is refused."""

    match = models.OneToOneField(Match, models.PROTECT, primary_key=True, related_name="offer")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+")
    pay = models.DecimalField(max_digits=9, decimal_places=2)
    pay_unit = models.CharField(max_length=4, choices=PayUnit.choices, default=PayUnit.HOUR)
    hours_per_week = models.DecimalField(max_digits=4, decimal_places=1)
    starts_on = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="offer_is_worth_something", condition=Q(pay__gt=0, hours_per_week__gt=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.pay} {self.get_pay_unit_display()}"
