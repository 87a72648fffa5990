"""Who may? See and change the people of an organisation."""

from __future__ import annotations

from alliance.access.actor import Actor, Audience, Level
from alliance.access.verdict import YES, Verdict, no
from alliance.accounts.models import (
    Invitation,
    InvitationQuerySet,
    Membership,
    MembershipQuerySet,
    Organization,
    OrganizationQuerySet,
)

MEMBERS = frozenset({Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER})


def organizations_visible_to(actor: Actor) -> OrganizationQuerySet:
    """Staff see every organisation; members their own."""
    if actor.audience is Audience.BROKER:
        return Organization.objects.all()
    if actor.audience in MEMBERS and actor.organization_id is not None:
        return Organization.objects.filter(pk=actor.organization_id)
    return Organization.objects.none()


def members_visible_to(actor: Actor) -> MembershipQuerySet:
    """Staff see everybody's members; members their colleagues."""
    return Membership.objects.filter(organization__in=organizations_visible_to(actor))


def invitations_visible_to(actor: Actor) -> InvitationQuerySet:
    """As for members: who is asked to join is the organisation's own business."""
    return Invitation.objects.filter(organization__in=organizations_visible_to(actor))


def may_invite(actor: Actor, organization: Organization) -> Verdict:
    """Owners build their own team; staff open the door for new organisations."""
    if actor.audience is Audience.BROKER and actor.may_write:
        return YES
    if actor.organization_id == organization.pk and actor.level is Level.OWNER:
        return YES
    return no("Only an owner of the organisation invites people. Ask one of them, or the Alliance.")


def may_end(actor: Actor, membership: Membership) -> Verdict:
    """Whoever may invite may also end a membership, but never the last owner's."""
    verdict = may_invite(actor, membership.organization)
    if not verdict:
        return no("Only an owner of the organisation removes people.")
    owners = Membership.objects.active().filter(
        organization=membership.organization, level=Level.OWNER
    )
    if membership.level == Level.OWNER and not owners.exclude(pk=membership.pk).exists():
        return no("An organisation needs an owner. Make somebody else owner first.")
    return YES


def may_accept(actor: Actor, invitation: Invitation, *, email: str | None) -> Verdict:
    """An invitation is for one address: nobody else may use it, signed in or not."""
    if email is not None and email.lower() != invitation.email:
        return no(
            f"This invitation is for {invitation.email}. "
            "Sign out, then open the link in your letter again."
        )
    return YES
