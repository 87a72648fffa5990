"""Who may? See and change the people of an organisation."""

from __future__ import annotations

from alliance.access.actor import Actor, Audience, Level
from alliance.access.verdict import YES, Verdict, no
from alliance.accounts.enums import Kind
from alliance.accounts.models import (
    AccessReview,
    AccessReviewQuerySet,
    Invitation,
    InvitationQuerySet,
    Membership,
    MembershipQuerySet,
    Organization,
    OrganizationQuerySet,
    SingleSignOn,
    User,
    ViewAs,
    ViewAsQuerySet,
)

MEMBERS = frozenset({Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER})
AN_OWNER_STAYS = "An organisation needs an owner. Make somebody else owner first."


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


def views_visible_to(actor: Actor) -> ViewAsQuerySet:
    """Owners see when staff viewed as one of their people, and everybody when it was as them."""
    views = ViewAs.objects.filter(organization__in=organizations_visible_to(actor))
    if actor.audience is Audience.BROKER or actor.level is Level.OWNER:
        return views
    return views.filter(membership__user=actor.user_id)


def reviews_visible_to(actor: Actor) -> AccessReviewQuerySet:
    """As for members."""
    return AccessReview.objects.filter(organization__in=organizations_visible_to(actor))


def may_invite(actor: Actor, organization: Organization) -> Verdict:
    """Owners build their own team; staff open the door for organisations other than their own."""
    if actor.organization_id == organization.pk and _is_owner(actor):
        return YES
    if _is_staff(actor) and organization.kind != Kind.ALLIANCE:
        return YES
    return no("Only an owner of the organisation invites people. Ask one of them, or the Alliance.")


def may_change_level(actor: Actor, membership: Membership, level: Level) -> Verdict:
    """Whoever may invite also says what people may do; one owner always stays."""
    if not may_invite(actor, membership.organization):
        return no("Only an owner of the organisation changes what people may do.")
    if level is not Level.OWNER and _is_last_owner(membership):
        return no(AN_OWNER_STAYS)
    return YES


def may_end(actor: Actor, membership: Membership) -> Verdict:
    """Whoever may invite may also end a membership, but never the last owner's."""
    if not may_invite(actor, membership.organization):
        return no("Only an owner of the organisation removes people.")
    if _is_last_owner(membership):
        return no(AN_OWNER_STAYS)
    return YES


def may_ask_for_second_factor(actor: Actor, organization: Organization) -> Verdict:
    """Owners say how their people sign in, and staff for them; the Alliance’s own always need it."""
    if organization.kind == Kind.ALLIANCE:
        return no("The Alliance’s own people always take a second step.")
    if (actor.organization_id == organization.pk and _is_owner(actor)) or _is_staff(actor):
        return YES
    return no("Only an owner of the organisation says how its people sign in.")


def may_set_up_single_sign_on(actor: Actor, organization: Organization) -> Verdict:
    """Staff, after they have seen that the domains are the organisation's: never for themselves."""
    if organization.kind == Kind.ALLIANCE:
        return no(
            "The Alliance’s own people sign in with a password, or a passkey, and a second step."
        )
    return YES if _is_staff(actor) else no("Only the Alliance sets up single sign-on.")


def may_end_sessions(actor: Actor, user: User) -> Verdict:
    """Staff sign somebody out of every browser, as they may shut them out."""
    if user.pk == actor.user_id:
        return no("Your own sessions end where you see them: under “Where you are signed in”.")
    return may_deactivate(actor, user)


def still_holds(actor: Actor) -> Verdict:
    """Whether a badge still says the truth: asked under the lock, for it was printed before."""
    held = Membership.objects.active().filter(
        user=actor.user_id, organization=actor.organization_id, level=actor.level or ""
    )
    if held.exists():
        return YES
    return no("What you may do was changed a moment ago. Load the page again.")


def may_still_invite(user_id: int, organization: Organization) -> bool:
    """Whether whoever invited somebody here could do so again: else their invitations lapse."""
    held = Membership.objects.active().filter(user_id=user_id)
    if held.filter(organization=organization, level=Level.OWNER).exists():
        return True
    of_staff = held.filter(organization__kind=Kind.ALLIANCE).exclude(level=Level.VIEWER)
    return organization.kind != Kind.ALLIANCE and of_staff.exists()


def may_review(actor: Actor, review: AccessReview) -> Verdict:
    """Only an owner can say that the team is right: staff ask, and do not answer for them."""
    if actor.organization_id == review.organization_id and _is_owner(actor):
        return YES
    return no("Only an owner of the organisation can say that its team is right.")


def may_remind(actor: Actor, _review: AccessReview) -> Verdict:
    """Staff ask again."""
    return YES if _is_staff(actor) else no("Only the Alliance asks for reviews.")


def may_deactivate(actor: Actor, user: User) -> Verdict:
    """Staff shut accounts out and let them in again; those of their own team its owners."""
    if not _is_staff(actor):
        return no("Only the Alliance deactivates people.")
    if user.pk == actor.user_id:
        return no("Nobody deactivates themselves. Ask another owner of the Alliance.")
    if _is_of_the_alliance(user.pk) and actor.level is not Level.OWNER:
        return no("Only an owner of the Alliance deactivates one of its people.")
    return YES


def may_view_as(actor: Actor, membership: Membership) -> Verdict:
    """Staff may look through a member's eyes, never through each other's."""
    if not _is_staff(actor):
        return no("Only the Alliance’s staff view the product as somebody else.")
    if membership.ended_at or not membership.user.is_active:
        return no("This person no longer acts for the organisation: there is nothing to view.")
    if _is_of_the_alliance(membership.user_id):
        return no("Nobody views the product as one of the Alliance’s own people.")
    return YES


def may_stop(actor: Actor, view: ViewAs) -> Verdict:
    """Whoever looks stops looking."""
    return YES if actor.user_id == view.staff_id else no("This is somebody else’s view.")


def may_accept(actor: Actor, invitation: Invitation, *, email: str | None) -> Verdict:
    """An invitation is for one address: nobody else may use it, signed in or not."""
    if email is not None and email.lower() != invitation.email:
        return no(
            f"This invitation is for {invitation.email}, and you are signed in as {email}. "
            f"Sign out here, then go on as {invitation.email}. "
            "If that address is yours no longer, ask for an invitation to this one."
        )
    return YES


def may_join(invitation: Invitation, *, through: SingleSignOn | None = None) -> Verdict:
    """Where an organisation signs its own people in, a letter alone lets nobody in: not to that
    organisation, and not to another one under an address of its own."""
    required = SingleSignOn.objects.required_to_join(invitation.organization_id, invitation.email)
    past = required.exclude(pk=through.pk) if through else required
    own = past.select_related("organization").first()
    if own is None:
        return YES
    if own.organization_id == invitation.organization_id:
        return no(f"{own.organization} signs its own people in: join with your account there.")
    return no(
        f"{invitation.email} is an address of {own.organization}, which signs its own people in, "
        "and to its own pages only. Ask for an invitation to another address."
    )


def _is_owner(actor: Actor) -> bool:
    return actor.level is Level.OWNER and actor.may_write


def _is_staff(actor: Actor) -> bool:
    return actor.audience is Audience.BROKER and actor.may_write


def _is_of_the_alliance(user_id: int) -> bool:
    held = Membership.objects.filter(user_id=user_id, ended_at=None)
    return held.filter(organization__kind=Kind.ALLIANCE).exists()


def _is_last_owner(membership: Membership) -> bool:
    owners = Membership.objects.owners().filter(organization=membership.organization_id)
    return membership.level == Level.OWNER and not owners.exclude(pk=membership.pk).exists()
