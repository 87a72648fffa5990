"""What do we write to people? An invitation, that one has lapsed, and the review of a team."""

from __future__ import annotations

from django.urls import reverse
from django.utils.timezone import now

from alliance.access.people import with_people
from alliance.accounts import facts
from alliance.accounts.enums import Kind
from alliance.accounts.models import AccessReview, Invitation, Membership, Organization
from alliance.lib.calendars import quarter
from alliance.links.enums import Purpose
from alliance.outbox.registry import Envelope, Mint, Withheld, compose, letter


@letter("accounts.invitation")
def invitation(mint: Mint, invitation_id: int, letter: int = 1) -> Envelope | Withheld:
    """Who asks whom to join what, and the link that does it."""
    asked = _invitation(invitation_id)
    if asked.letters != letter:
        return Withheld("A newer letter has taken its place.")
    if not Invitation.objects.open(now()).filter(pk=asked.pk).exists():
        return Withheld("The invitation has been used, taken back, or has run out.")
    return compose(
        "invitation",
        to=asked.email,
        invitation=asked,
        link=mint(Purpose.INVITATION, subject_id=asked.pk, holder_id=asked.organization_id, days=7),
    )


@letter("accounts.invitation_lapsed")
def invitation_lapsed(_mint: Mint, invitation_id: int, membership_id: int) -> Envelope | Withheld:
    """Whoever invited has left, so the invitation has ended: invite again if it was right."""
    asked = _invitation(invitation_id)
    reader = _owner(membership_id)
    if reader is None:
        return Withheld("The reader no longer looks after the team.")
    return compose(
        "invitation_lapsed",
        to=reader.user.email,
        reader=reader.user,
        asked=asked,
        organization=asked.organization,
        path=team_path(asked.organization),
    )


@letter("accounts.access_review")
def access_review(_mint: Mint, review_id: int, membership_id: int) -> Envelope | Withheld:
    """Who acts for you, what each may do, and who has not been here for long: is that right?"""
    review = AccessReview.objects.select_related("organization").get(pk=review_id)
    reader = _owner(membership_id)
    if review.confirmed_at:
        return Withheld("The team has been reviewed meanwhile.")
    if reader is None:
        return Withheld("The reader no longer looks after the team.")
    team = facts.team(Membership.objects.filter(organization=review.organization_id), at=now())
    return compose(
        "access_review",
        to=reader.user.email,
        reader=reader.user,
        organization=review.organization,
        quarter=quarter(review.quarter),
        team=team,
        quiet=[one for one in team if one.quiet],
        path=review_path(review),
    )


def team_path(organization: Organization) -> str:
    """Where an organisation's team is looked after; the Alliance's own is at the desk."""
    kind = Kind(organization.kind)
    if kind is Kind.ALLIANCE:
        return reverse("admin:accounts_organization_change", args=[organization.pk])
    return reverse(f"{kind}-team:team", args=[organization.slug])


def review_path(review: AccessReview) -> str:
    """Where the owners say that a team is right."""
    if review.organization.kind == Kind.ALLIANCE:
        return reverse("admin:accounts_accessreview_change", args=[review.pk])
    return team_path(review.organization)


def _owner(membership_id: int) -> Membership | None:
    owners = with_people(Membership.objects.owners(), "user")
    return owners.filter(pk=membership_id).first()


def _invitation(invitation_id: int) -> Invitation:
    asked = with_people(Invitation.objects.select_related("organization"), "invited_by")
    return asked.get(pk=invitation_id)
