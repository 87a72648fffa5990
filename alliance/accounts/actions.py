"""What happens? Organisations open their doors, people are invited, join and leave."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.text import slugify

from alliance.access.actor import Actor, Level
from alliance.accounts import policy
from alliance.accounts.enums import AUDIENCE_OF, Kind
from alliance.accounts.models import Invitation, Membership, Organization, User
from alliance.audit.actions import record
from alliance.lib.lifecycle import WrongMoment
from alliance.links import actions as links
from alliance.links.enums import Purpose
from alliance.outbox import actions as outbox

INVITATION_DAYS = 7


@transaction.atomic
def found(*, kind: Kind, name: str, by: Actor, at: datetime, slug: str = "") -> Organization:
    """Open an organisation's account; who owns it is invited next."""
    organization = Organization.objects.create(kind=kind, name=name, slug=slug or slugify(name))
    record(verb="found", subject=organization, by=by, at=at)
    return organization


@transaction.atomic
def invite(
    organization: Organization, *, email: str, name: str, level: Level, by: Actor, at: datetime
) -> Invitation:
    """Ask a named person to join. A new letter takes the place of an older one."""
    policy.may_invite(by, organization).require()
    email = email.strip().lower()
    for older in Invitation.objects.open(at).filter(organization=organization, email=email):
        revoke(older, by=by, at=at)
    Invitation.objects.filter(
        organization=organization, email=email, accepted_at=None, revoked_at=None
    ).update(revoked_at=at)
    invitation = Invitation.objects.create(
        organization=organization,
        email=email,
        name=name,
        level=level,
        invited_by_id=cast(int, by.user_id),  # whoever may invite has signed in
        invited_at=at,
        expires_at=at + timedelta(days=INVITATION_DAYS),
    )
    record(verb="invite", subject=invitation, by=by, at=at, level=level)
    outbox.post("accounts.invitation", key=str(invitation.pk), at=at, invitation_id=invitation.pk)
    return invitation


@transaction.atomic
def revoke(invitation: Invitation, *, by: Actor, at: datetime) -> Invitation:
    """Take an invitation back: its link stops working at once."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    policy.may_invite(by, invitation.organization).require()
    if invitation.accepted_at:
        raise WrongMoment("This invitation was already accepted.")
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    links.revoke(Purpose.INVITATION, subject_id=invitation.pk, at=at)
    record(verb="revoke", subject=invitation, by=by, at=at)
    return invitation


@transaction.atomic
def accept(
    invitation: Invitation,
    *,
    at: datetime,
    by: Actor,
    user: User | None = None,
    password: str | None = None,
) -> Membership:
    """Join as invited: with the account at hand, or with a new one for the invited address.

    The letter reached the address, so a new account's address counts as verified. An existing
    membership keeps its level: accepting never raises it silently.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    policy.may_accept(by, invitation, email=user.email if user else None).require()
    if not Invitation.objects.open(at).filter(pk=invitation.pk).exists():
        raise WrongMoment("This invitation has been used, taken back, or has run out.")
    if user is None:
        if password:
            validate_password(password, User(email=invitation.email, name=invitation.name))
        user = User.objects.create_user(invitation.email, password, name=invitation.name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    membership, _ = Membership.objects.get_or_create(
        user=user,
        organization=invitation.organization,
        ended_at=None,
        defaults={"level": invitation.level, "started_at": at},
    )
    joined = Actor(
        audience=AUDIENCE_OF[Kind(invitation.organization.kind)],
        user_id=user.pk,
        organization_id=invitation.organization_id,
    )
    record(verb="join", subject=membership, by=joined, at=at, level=membership.level)
    return membership


@transaction.atomic
def end(membership: Membership, *, by: Actor, at: datetime) -> Membership:
    """Somebody leaves the team: from the next request on the organisation is closed to them."""
    Organization.objects.select_for_update().get(pk=membership.organization_id)
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    policy.may_end(by, membership).require()
    if membership.ended_at:
        raise WrongMoment("This person has already left the team.")
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    record(verb="end", subject=membership, by=by, at=at)
    return membership
