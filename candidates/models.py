"""What is it? People in training, what they can do, and what they agreed to."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from alliance.audit.history import versioned
from alliance.lib.telephones import e164
from alliance.skills.enums import Education, SkillLevel
from alliance.skills.models import Skill, ZipArea
from alliance.vault.fields import BlindIndexField, SealedCharField
from candidates.enums import (
    Alike,
    Commute,
    Gap,
    Language,
    Method,
    Scope,
    Source,
    Status,
)
from providers.models import Cohort, Competency, Provider


def lacks(gap: Gap) -> Q:
    """The same as a condition on the person's own row, which the database keeps in step."""
    here = ~Q(status=Status.LEFT)
    match gap:
        case Gap.CONSENT:
            return here & ~Q(agrees_to_matching=True, agrees_to_employers=True)
        case Gap.SIGN_OFF:
            return Q(status=Status.REGISTERED)
        case Gap.SKILLS:
            return here & Q(has_skills=False)


def _standing(scope: Scope) -> ConsentQuerySet:
    return Consent.objects.live().filter(candidate=OuterRef("pk"), scope=scope)


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def for_provider(self, provider_id: int) -> CandidateQuerySet:
        return self.filter(provider_id=provider_id)

    def ready(self) -> CandidateQuerySet:
        """Signed off by their provider."""
        return self.filter(status=Status.READY)

    def agreeing_to(self, *scopes: Scope) -> CandidateQuerySet:
        """With live consent to every one of these, at this moment."""
        found = self
        for scope in scopes:
            found = found.filter(Exists(_standing(scope)))
        return found

    def lacking(self, gap: Gap) -> CandidateQuerySet:
        """Still in the programme, and not to be matched for this reason."""
        return self.filter(lacks(gap))

    def with_faces(self) -> CandidateQuerySet:
        """With everything a staff face shows, in a fixed number of queries."""
        return self.select_related("provider", "contact__zip").prefetch_related(
            "skills__skill", "credentials", "consents", "enrolments__cohort__programme"
        )


class Candidate(models.Model):
    """What matching may know of a person. Who they are lives in ``Contact``, the rest apart.

    ``reference`` is the provider's own number for the person, so that the same row uploaded
    again is recognised. What they agree to now and whether any skill is on record stand here too,
    kept by the database from consents and evidence: to count and to sort by, never to disclose by.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="candidates")
    reference = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REGISTERED)
    ready_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=8, choices=Language.choices, default=Language.ENGLISH)
    education = models.CharField(
        max_length=12, choices=Education.choices, default=Education.HIGH_SCHOOL
    )
    available_on = models.DateField("available from", null=True, blank=True)
    shifts = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    hours_min = models.PositiveSmallIntegerField("fewest hours a week", default=30)
    commute = models.CharField(max_length=8, choices=Commute.choices, default=Commute.TRANSIT)
    commute_miles = models.PositiveSmallIntegerField("will travel up to (miles)", default=15)
    pay_floor = models.DecimalField(
        "lowest pay an hour", max_digits=6, decimal_places=2, null=True, blank=True
    )
    created_at = models.DateTimeField()
    agrees_to_matching = models.BooleanField(default=False, db_default=False, editable=False)
    agrees_to_employers = models.BooleanField(default=False, db_default=False, editable=False)
    has_skills = models.BooleanField(default=False, db_default=False, editable=False)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["provider", "-created_at"], name="candidate_by_provider"),
            models.Index(fields=["status"], name="candidate_by_status"),
            models.Index(
                fields=[
                    "provider",
                    "status",
                    "agrees_to_matching",
                    "agrees_to_employers",
                    "has_skills",
                ],
                name="candidate_by_gap",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "provider"], name="candidate_with_its_provider"),
            models.UniqueConstraint(
                fields=["provider", "reference"], name="candidate_reference_once"
            ),
            models.CheckConstraint(
                name="candidate_status_is_known", condition=Q(status__in=Status.values)
            ),
            models.CheckConstraint(
                name="candidate_ready_has_a_date",
                condition=~Q(status=Status.READY) | Q(ready_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Candidate {str(self.public_id)[:8]}"

    @property
    def gaps(self) -> list[Gap]:
        """Why nobody can be matched with this person yet, as of when the row was read."""
        if self.status == Status.LEFT:
            return []
        missing = {
            Gap.CONSENT: not (self.agrees_to_matching and self.agrees_to_employers),
            Gap.SIGN_OFF: self.status == Status.REGISTERED,
            Gap.SKILLS: not self.has_skills,
        }
        return [gap for gap, lacks in missing.items() if lacks]


@versioned(
    "first_name",
    "last_name",
    "email",
    "zip",
    personal=("first_name", "last_name", "email", "zip"),
)
class Contact(models.Model):
    """Who the person is and how to reach them: shown only after a face allows it.

    The telephone number is sealed; whoever has the whole number finds it by its index.
    """

    candidate = models.OneToOneField(Candidate, models.CASCADE, primary_key=True)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+", db_index=False)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    phone = SealedCharField(max_length=20, blank=True)
    phone_index = BlindIndexField(of="phone", alike=e164, db_index=True)
    zip = models.ForeignKey(
        ZipArea, models.PROTECT, null=True, blank=True, verbose_name="home ZIP", related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["last_name", "first_name"], name="contact_by_name"),
            models.Index(fields=["email"], name="contact_by_email", condition=~Q(email="")),
            models.Index(
                fields=["provider", "last_name", "first_name", "candidate"],
                name="contact_by_provider_and_name",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "email"],
                condition=~Q(email=""),
                name="contact_email_once_per_provider",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *, update_fields: Iterable[str] | None = None, **terms: Any) -> None:
        """The index goes with the number, whoever saves only the one."""
        if update_fields is not None and "phone" in update_fields:
            update_fields = {*update_fields, "phone_index"}
        super().save(update_fields=update_fields, **terms)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Enrolment(models.Model):
    """A person's way through one cohort."""

    candidate = models.ForeignKey(
        Candidate, models.CASCADE, related_name="enrolments", db_index=False
    )
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="enrolments")
    started_on = models.DateField()
    completed_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-started_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "cohort"], name="enrolment_once_per_cohort"
            ),
            models.CheckConstraint(
                name="enrolment_ends_one_way",
                condition=Q(completed_on=None) | Q(withdrawn_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} in {self.cohort}"


class SkillEvidence(models.Model):
    """A skill a person has, how well, and who says so since when."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="skills", db_index=False)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(choices=SkillLevel.choices)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.PROVIDER)
    competency = models.ForeignKey(
        Competency, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    signed_off_by = models.CharField(max_length=120, blank=True)
    signed_off_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-level", "skill__name"]
        verbose_name_plural = "skill evidence"
        constraints = [
            models.UniqueConstraint(fields=["candidate", "skill"], name="evidence_once_per_skill"),
            models.CheckConstraint(
                name="evidence_level_is_known", condition=Q(level__in=SkillLevel.values)
            ),
            models.CheckConstraint(
                name="evidence_signed_off_has_a_date",
                condition=Q(source=Source.SELF) | Q(signed_off_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} ({self.get_level_display()})"


class Credential(models.Model):
    """A certificate or licence a person holds."""

    candidate = models.ForeignKey(
        Candidate, models.CASCADE, related_name="credentials", db_index=False
    )
    name = models.CharField(max_length=120)
    earned_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "name"], name="credential_once")
        ]

    def __str__(self) -> str:
        return self.name


class ConsentQuerySet(models.QuerySet["Consent"]):
    def live(self) -> ConsentQuerySet:
        return self.filter(withdrawn_at=None)


@versioned(
    "candidate",
    "scope",
    "text_version",
    "language",
    "method",
    "given_at",
    "withdrawn_at",
)
class Consent(models.Model):
    """What a person agreed to, in which words, and until when. Never edited but to withdraw."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="consents")
    scope = models.CharField(max_length=10, choices=Scope.choices)
    text_version = models.CharField(max_length=20)
    language = models.CharField(max_length=8, choices=Language.choices)
    method = models.CharField(max_length=8, choices=Method.choices, default=Method.LINK)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "scope"],
                condition=Q(withdrawn_at=None),
                name="consent_is_one_at_a_time",
            ),
            models.CheckConstraint(
                name="consent_scope_is_known", condition=Q(scope__in=Scope.values)
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=models.F("given_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} ({self.given_at:%Y-%m-%d})"


class LookalikeQuerySet(models.QuerySet["Lookalike"]):
    def same(self) -> LookalikeQuerySet:
        """Pairs of which the Alliance has said that they are one person."""
        return self.filter(same=True)

    def others_of(self, people: Collection[int] | models.QuerySet[Any]) -> models.QuerySet[Any]:
        """The keys of the other records of these people, who are given by their keys."""
        same = self.same().order_by()
        return (
            same.filter(one__in=people)
            .values_list("other")
            .union(same.filter(other__in=people).values_list("one"))
        )

    def other_records(self, people: Collection[int]) -> dict[int, set[int]]:
        """The same, by person."""
        found: dict[int, set[int]] = {}
        pairs = self.same().filter(Q(one__in=people) | Q(other__in=people))
        for one, other in pairs.order_by().values_list("one", "other"):
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
        return found


class Lookalike(models.Model):
    """Two records of different providers that may be one person. The Alliance decides.

    One person stays two records, which neither provider reads of the other: they are put forward
    once for a role, and counted once in a grant. ``alike`` says in what. The lower key comes first, so
    that a pair is found once.
    """

    one = models.ForeignKey(Candidate, models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    alike = ArrayField(models.CharField(max_length=10, choices=Alike.choices))
    found_at = models.DateTimeField()
    same = models.BooleanField("the same person", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LookalikeQuerySet.as_manager()

    class Meta:
        ordering = ["-found_at"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="lookalike_once"),
            models.CheckConstraint(
                name="lookalike_lower_first", condition=Q(one__lt=models.F("other"))
            ),
            models.CheckConstraint(
                name="lookalike_decided_has_a_date",
                condition=Q(same=None) | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one} and {self.other}"
