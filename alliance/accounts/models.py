"""What is it? People, the organisations they act for, the invitations between, and who looked."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from allauth.socialaccount.models import SocialApp
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from alliance.access.actor import Level
from alliance.accounts.enums import Kind, LevelChoice
from alliance.audit.history import versioned
from alliance.lib import calendars

REVIEW_TIME = timedelta(days=30)
VIEW_AS = "view_as"  # the session's key to the view that is going on
STOP_VIEW = "accounts_viewas_stop"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, *, name: str = "") -> User:
        """Addresses are kept in lower case, so that they compare with a plain ``=``."""
        user = self.model(email=email.strip().lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person who signs in. What they may do follows from membership, never from this row."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def of_kind(self, kind: Kind) -> OrganizationQuerySet:
        return self.filter(kind=kind)

    def with_member(self, user_id: int) -> OrganizationQuerySet:
        return self.filter(memberships__user_id=user_id, memberships__ended_at=None)

    def with_second_factor_for(self, user_id: int) -> OrganizationQuerySet:
        """Where this person works and nobody comes in on a password alone."""
        asked = Q(kind=Kind.ALLIANCE) | Q(second_factor_required=True)
        return self.with_member(user_id).filter(asked)


class Organization(models.Model):
    """An employer, a training provider, a funder, or the Alliance itself."""

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    second_factor_required = models.BooleanField(
        default=False,
        help_text="Its pages open only after a second step. The Alliance’s always do.",
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="organization_kind_is_known", condition=Q(kind__in=Kind.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def asks_for_second_factor(self) -> bool:
        """Whether its pages stay closed to a session that took one step only."""
        return self.kind == Kind.ALLIANCE or self.second_factor_required


class SingleSignOnQuerySet(models.QuerySet["SingleSignOn"]):
    def for_address(self, email: str) -> SingleSignOnQuerySet:
        """Whose address it is, by its domain: said of every address alike, whoever has an account."""
        return self.filter(domains__contains=[email.rpartition("@")[2].lower()])

    def required_of(self, user: User) -> SingleSignOnQuerySet:
        """What this person must come in by: for their address, or for where they work."""
        works = Q(organization__memberships__user=user, organization__memberships__ended_at=None)
        ours = Q(domains__contains=[user.email.rpartition("@")[2]])
        return self.filter(works | ours, required=True).distinct()

    def required_to_join(self, organization_id: int, email: str) -> SingleSignOnQuerySet:
        """What nobody under this address joins this organisation past: its own sign-in, or that of
        whose address it is."""
        ours = Q(domains__contains=[email.rpartition("@")[2].lower()])
        return self.filter(Q(organization=organization_id) | ours, required=True)


class SingleSignOn(models.Model):
    """An organisation's people sign in with the organisation's own account (OpenID Connect).

    ``domains`` are those we have seen to belong to it: nobody else's address is believed.
    """

    organization = models.OneToOneField(Organization, models.PROTECT, related_name="single_sign_on")
    app = models.OneToOneField(SocialApp, models.PROTECT, related_name="+")
    domains = ArrayField(models.CharField(max_length=120))
    required = models.BooleanField(default=False)

    objects = SingleSignOnQuerySet.as_manager()

    class Meta:
        verbose_name = "single sign-on"
        verbose_name_plural = "single sign-ons"
        constraints = [
            models.CheckConstraint(
                name="single_sign_on_has_a_domain", condition=Q(domains__len__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"Single sign-on of {self.organization}"

    def people(self) -> models.QuerySet[User]:
        """Whom it is required of where it is: who works there, and who has an address of its domains."""
        works = Q(memberships__organization=self.organization_id, memberships__ended_at=None)
        ours = [Q(email__endswith=f"@{domain}") for domain in self.domains]
        return User.objects.filter(reduce(or_, ours, works)).distinct()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> MembershipQuerySet:
        return self.filter(ended_at=None, user__is_active=True)

    def owners(self) -> MembershipQuerySet:
        return self.active().filter(level=Level.OWNER)


@versioned("user", "organization", "level", "title", "started_at", "ended_at")
class Membership(models.Model):
    """A person acting for an organisation, from one day to another."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships")
    level = models.CharField(max_length=10, choices=LevelChoice.choices)
    title = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"],
                condition=Q(ended_at=None),
                name="membership_is_one_at_a_time",
            ),
            # What hangs on a membership names its organisation too, tied by a composite key.
            models.UniqueConstraint(
                fields=["id", "organization"], name="membership_and_its_organization"
            ),
            models.CheckConstraint(
                name="membership_level_is_known", condition=Q(level__in=LevelChoice.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.organization}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, at: datetime) -> InvitationQuerySet:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=at)

    def unanswered(self) -> InvitationQuerySet:
        """Open, or run out in silence: what another letter would bring back."""
        return self.filter(accepted_at=None, revoked_at=None)


class Invitation(models.Model):
    """A named person asked to join, by mail, once.

    ``letters`` counts how often we wrote: only the newest letter holds a link that works.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=120)
    level = models.CharField(max_length=10, choices=LevelChoice.choices)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    letters = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_is_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} to {self.organization}"


class AccessReviewQuerySet(models.QuerySet["AccessReview"]):
    def open(self) -> AccessReviewQuerySet:
        return self.filter(confirmed_at=None)

    def overdue(self, at: datetime) -> AccessReviewQuerySet:
        """Asked more than thirty days ago, and nobody has said that the team is right."""
        return self.open().filter(asked_at__lt=at - REVIEW_TIME)


class AccessReview(models.Model):
    """Once a quarter the owners of an organisation are asked whether its team is still right."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="reviews", db_index=False
    )
    quarter = models.DateField(help_text="The first day of the quarter.")
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    objects = AccessReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-quarter", "organization_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "quarter"], name="access_review_is_once_a_quarter"
            ),
            models.CheckConstraint(
                name="access_review_is_confirmed_by_somebody",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}, {calendars.quarter(self.quarter)}"


class ViewAsQuerySet(models.QuerySet["ViewAs"]):
    def open(self, at: datetime) -> ViewAsQuerySet:
        return self.filter(stopped_at=None, ends_at__gt=at)


class ViewAs(models.Model):
    """A member of the Alliance's staff looks at an organisation's pages as one of its people sees
    them: for a reason, for a quarter of an hour, changing nothing."""

    staff = models.ForeignKey(User, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="views_as")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = ViewAsQuerySet.as_manager()

    class Meta:
        verbose_name = "view as"
        verbose_name_plural = "views as"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(stopped_at=None),
                name="view_as_is_one_at_a_time",
            ),
            models.CheckConstraint(
                name="view_as_ends_after_it_starts", condition=Q(ends_at__gt=models.F("started_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} as {self.membership}"

    @property
    def over_at(self) -> datetime:
        """When it ended or will: by a click, or by itself."""
        return self.stopped_at or self.ends_at
