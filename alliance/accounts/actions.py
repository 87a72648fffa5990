"""What happens? Organisations open their doors, people are invited, join, change and leave."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialApp
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from alliance.access.actor import Actor, Level
from alliance.access.binding import errand
from alliance.access.people import OF_SIGNING_IN, with_people
from alliance.accounts import policy, seeds
from alliance.accounts.enums import AUDIENCE_OF, Kind
from alliance.accounts.models import (
    AccessReview,
    Invitation,
    Membership,
    Organization,
    OrganizationQuerySet,
    SingleSignOn,
    User,
    ViewAs,
)
from alliance.audit.actions import record
from alliance.lib.calendars import local_date, quarter
from alliance.lib.lifecycle import WrongMoment
from alliance.links import actions as links
from alliance.links.enums import Purpose
from alliance.outbox import actions as outbox

INVITATION_DAYS = 7
BETWEEN_LETTERS = timedelta(minutes=10)
VIEW_FOR = timedelta(minutes=15)
SLUG_AT_MOST = 55
SAME_ADDRESS_AT_MOST = 50


@transaction.atomic
def found(*, kind: Kind, name: str, by: Actor, at: datetime, slug: str = "") -> Organization:
    """Open an organisation's account; who owns it is invited next.

    Two of one kind under one name are one too many. Different names may come to the same address
    ("Acme, Inc." and "Acme Inc"): the later one gets a number.
    """
    if Organization.objects.of_kind(kind).filter(name__iexact=name).exists():
        raise WrongMoment(f"There is already an organisation called {name}.")
    organization = _at_a_free_address(kind, name, slug or slugify(name) or kind)
    record(verb="found", subject=organization, by=by, at=at)
    return organization


@transaction.atomic
def invite(
    organization: Organization, *, email: str, name: str, level: Level, by: Actor, at: datetime
) -> Invitation:
    """Ask a named person to join. A new letter takes the place of an older one."""
    policy.may_invite(by, organization).require()
    email = email.strip().lower()
    _refuse_colleague(organization, email)
    for older in Invitation.objects.open(at).filter(organization=organization, email=email):
        revoke(older, by=by, at=at)
    Invitation.objects.unanswered().filter(organization=organization, email=email).update(
        revoked_at=at
    )
    invitation = Invitation.objects.create(
        organization=organization,
        email=email,
        name=name,
        level=level,
        invited_by_id=cast(int, by.user_id),  # whoever may invite has signed in
        invited_at=at,
        sent_at=at,
        expires_at=at + timedelta(days=INVITATION_DAYS),
    )
    record(verb="invite", subject=invitation, by=by, at=at, level=level)
    _post(invitation, at=at)
    return invitation


@transaction.atomic
def resend(invitation: Invitation, *, by: Actor, at: datetime) -> Invitation:
    """Write once more: seven new days, and only the newest letter's link works."""
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    policy.may_invite(by, invitation.organization).require()
    if invitation.accepted_at or invitation.revoked_at:
        raise WrongMoment("This invitation has been used or taken back. Send a new one.")
    if at < invitation.sent_at + BETWEEN_LETTERS:
        raise WrongMoment(
            f"The last letter to {invitation.name} left only a moment ago. "
            "Letters may take some minutes: try again in ten."
        )
    links.revoke(Purpose.INVITATION, subject_id=invitation.pk, at=at)
    invitation.letters += 1
    invitation.sent_at = at
    invitation.expires_at = at + timedelta(days=INVITATION_DAYS)
    invitation.save(update_fields=["letters", "sent_at", "expires_at"])
    record(verb="resend", subject=invitation, by=by, at=at, letters=invitation.letters)
    _post(invitation, at=at)
    return invitation


@transaction.atomic
def revoke(invitation: Invitation, *, by: Actor, at: datetime) -> Invitation:
    """Take an invitation back: its link stops working at once."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    policy.may_invite(by, invitation.organization).require()
    if invitation.accepted_at:
        raise WrongMoment("This invitation was already accepted.")
    return _take_back(invitation, by=by, at=at)


@transaction.atomic
def accept(
    invitation: Invitation,
    *,
    at: datetime,
    by: Actor,
    user: User | None = None,
    password: str | None = None,
    through: SingleSignOn | None = None,
) -> Membership:
    """Join as invited: with the account at hand, or with a new one for the invited address.
    ``through``: the organisation's own provider has just vouched for it.

    The letter reached the address, so a new account's address counts as verified. An existing
    membership keeps its level: accepting never raises it silently.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    policy.may_accept(by, invitation, email=user.email if user else None).require()
    policy.may_join(invitation, through=through).require()
    if not Invitation.objects.open(at).filter(pk=invitation.pk).exists():
        raise WrongMoment("This invitation has been used, taken back, or has run out.")
    if user is None and User.objects.filter(email=invitation.email).exists():
        raise WrongMoment(f"{invitation.email} has an account. Sign in with it to join.")
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
def change_level(membership: Membership, level: Level, *, by: Actor, at: datetime) -> Membership:
    """Say anew what somebody may do: from their next request on."""
    membership = _locked(membership, by)
    policy.may_change_level(by, membership, level).require()
    if membership.ended_at:
        raise WrongMoment("This person has already left the team.")
    before = membership.level
    if before == level:
        return membership
    membership.level = level
    membership.save(update_fields=["level"])
    record(verb="change_level", subject=membership, by=by, at=at, before=before, after=level)
    _lapse_invitations_by(membership.user_id, by=by, at=at)
    return membership


@transaction.atomic
def end(membership: Membership, *, by: Actor, at: datetime) -> Membership:
    """Somebody leaves the team: from the next request on the organisation is closed to them."""
    membership = _locked(membership, by)
    policy.may_end(by, membership).require()
    if membership.ended_at:
        raise WrongMoment("This person has already left the team.")
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    record(verb="end", subject=membership, by=by, at=at)
    leaver = membership.user
    # Sessions are the login's own table, which whoever ends a membership may not touch: once this
    # holds. Until then the badge, read anew with every click, is closed already.
    transaction.on_commit(lambda: end_sessions(leaver))
    _lapse_invitations_by(membership.user_id, by=by, at=at)
    return membership


@transaction.atomic
def deactivate(user: User, *, reason: str, by: Actor, at: datetime) -> User:
    """Shut somebody out of everything at once. Their memberships stay on paper and open nothing."""
    _lock_teams(Organization.objects.with_member(user.pk))
    user = User.objects.select_for_update().defer(*OF_SIGNING_IN).get(pk=user.pk)
    policy.still_holds(by).require()
    policy.may_deactivate(by, user).require()
    if not user.is_active:
        raise WrongMoment("This account is already closed.")
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(verb="deactivate", subject=user, by=by, at=at, reason=reason)
    end_sessions(user)
    _lapse_invitations_by(user.pk, by=by, at=at)
    return user


@transaction.atomic
def reactivate(user: User, *, reason: str, by: Actor, at: datetime) -> User:
    """Let somebody in again: their memberships hold as before; sessions and invitations do not."""
    user = User.objects.select_for_update().defer(*OF_SIGNING_IN).get(pk=user.pk)
    policy.may_deactivate(by, user).require()
    if user.is_active:
        raise WrongMoment("This account is open.")
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(verb="reactivate", subject=user, by=by, at=at, reason=reason)
    return user


@transaction.atomic
def sign_out(user: User, *, reason: str, by: Actor, at: datetime) -> User:
    """End whatever is open in somebody's name, for a lost laptop or a doubt. They may sign in again."""
    policy.may_end_sessions(by, user).require()
    record(verb="sign_out", subject=user, by=by, at=at, reason=reason, sessions=end_sessions(user))
    return user


@transaction.atomic
def forget_second_factor(user: User, *, reason: str, by: Actor, at: datetime) -> User:
    """For whoever lost phone, passkey and recovery codes: they set up anew at their next sign-in.

    Staff do this after they have made sure who asks; nobody does it for themselves.
    """
    policy.may_end_sessions(by, user).require()
    gone, _ = Authenticator.objects.filter(user_id=user.pk).delete()
    if not gone:
        raise WrongMoment("There is no second factor to forget.")
    record(verb="forget_second_factor", subject=user, by=by, at=at, reason=reason)
    end_sessions(user)
    return user


@transaction.atomic
def ask_for_second_factor(
    organization: Organization, required: bool, *, by: Actor, at: datetime
) -> Organization:
    """Say whether this organisation's pages open on a password alone: from the next click on."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    policy.may_ask_for_second_factor(by, organization).require()
    if organization.second_factor_required == required:
        return organization
    organization.second_factor_required = required
    organization.save(update_fields=["second_factor_required"])
    record(verb="second_factor", subject=organization, by=by, at=at, required=required)
    return organization


@transaction.atomic
def set_up_single_sign_on(
    organization: Organization,
    *,
    server_url: str,
    client_id: str,
    secret: str,
    domains: list[str],
    required: bool,
    by: Actor,
    at: datetime,
) -> SingleSignOn:
    """Let an organisation's own provider sign its people in; ``required``: and nothing else, so that
    whoever must come in by it from now on is signed out of what they opened in another way.
    """
    policy.may_set_up_single_sign_on(by, organization).require()
    theirs = SingleSignOn.objects.filter(domains__overlap=domains)
    if taken := theirs.exclude(organization=organization).first():
        raise WrongMoment(f"One of these domains is {taken.organization}’s.")
    known = SingleSignOn.objects.filter(organization=organization).select_related("app").first()
    app = (
        known.app if known else SocialApp(provider="openid_connect", provider_id=organization.slug)
    )
    app.name, app.client_id = organization.name[:40], client_id
    if secret:
        app.secret = seeds.seal_secret(secret, provider=app.provider_id)
    app.settings = {"server_url": server_url, "oauth_pkce_enabled": True, "uid_field": "sub"}
    app.save()
    own, _ = SingleSignOn.objects.update_or_create(
        organization=organization,
        defaults={"app": app, "domains": domains, "required": required},
    )
    record(
        verb="single_sign_on",
        subject=own,
        by=by,
        at=at,
        server=server_url,
        domains=domains,
        required=required,
    )
    if required and not (known and known.required and {*domains} <= {*known.domains}):
        end_sessions(*own.people().defer(*OF_SIGNING_IN))
    return own


@errand()
def end_sessions(*users: User) -> int:
    """Sign people out of every browser; how many there were."""
    keys = {str(user.pk) for user in users}
    theirs = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) in keys
    ]
    Session.objects.filter(pk__in=theirs).delete()
    UserSession.objects.filter(user_id__in=keys).delete()
    return len(theirs)


# Whether a team is still right -------------------------------------------------------------------


@transaction.atomic
def ask_for_review(organization: Organization, *, by: Actor, at: datetime) -> AccessReview | None:
    """Once a quarter: a letter to each owner with who acts for them. ``None`` when it was done."""
    review, new = AccessReview.objects.get_or_create(
        organization=organization,
        quarter=quarter(local_date(at)).start,
        defaults={"asked_at": at},
    )
    if not new:
        return None
    record(verb="ask_for_review", subject=review, by=by, at=at)
    _post_review(review, at=at)
    return review


@transaction.atomic
def remind_of_review(review: AccessReview, *, by: Actor, at: datetime) -> AccessReview:
    """Write to the owners once more, at most once a day."""
    policy.may_remind(by, review).require()
    if review.confirmed_at:
        raise WrongMoment("This team has been reviewed meanwhile.")
    record(verb="remind_of_review", subject=review, by=by, at=at)
    _post_review(review, at=at)
    return review


@transaction.atomic
def confirm_review(review: AccessReview, *, by: Actor, at: datetime) -> AccessReview:
    """An owner looked and the team is right. Older questions are answered with it."""
    review = AccessReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
    policy.may_review(by, review).require()
    if review.confirmed_at:
        raise WrongMoment("Somebody has already confirmed this review.")
    asked = AccessReview.objects.open().filter(organization=review.organization_id)
    for one in asked.filter(quarter__lte=review.quarter):
        one.confirmed_at, one.confirmed_by_id = at, by.user_id
        one.save(update_fields=["confirmed_at", "confirmed_by"])
        record(verb="confirm_review", subject=one, by=by, at=at)
    review.refresh_from_db()
    return review


# Looking through somebody else's eyes ------------------------------------------------------------


@transaction.atomic
def start_view(membership: Membership, *, reason: str, by: Actor, at: datetime) -> ViewAs:
    """Staff look as this member sees things: for a reason, a quarter of an hour, read-only."""
    policy.may_view_as(by, membership).require()
    for older in ViewAs.objects.filter(staff_id=by.user_id, stopped_at=None):
        _close(older, by=by, at=at)
    view = ViewAs.objects.create(
        staff_id=cast(int, by.user_id),  # staff have signed in
        membership=membership,
        organization_id=membership.organization_id,
        reason=reason,
        started_at=at,
        ends_at=at + VIEW_FOR,
    )
    record(verb="view_as", subject=membership, by=by, at=at, view=view.pk, reason=reason)
    return view


@transaction.atomic
def stop_view(view: ViewAs, *, by: Actor, at: datetime) -> ViewAs:
    """Back to oneself."""
    policy.may_stop(by, view).require()
    return _close(view, by=by, at=at)


@transaction.atomic
def settle_views(*, by: Actor, at: datetime) -> int:
    """Write down the end of what ended by itself; how many that were."""
    over = ViewAs.objects.filter(stopped_at=None, ends_at__lte=at)
    return len([_close(view, by=by, at=at) for view in over])


# What these have in common -----------------------------------------------------------------------


def _at_a_free_address(kind: Kind, name: str, slug: str) -> Organization:
    """The database says which address is taken: somebody may open another at this moment."""
    for number in range(1, SAME_ADDRESS_AT_MOST + 1):
        address = slug[:SLUG_AT_MOST] if number == 1 else f"{slug[:SLUG_AT_MOST]}-{number}"
        try:
            with transaction.atomic():
                return Organization.objects.create(kind=kind, name=name, slug=address)
        except IntegrityError:
            continue
    raise WrongMoment("There are too many organisations of nearly this name. Choose another.")


def _refuse_colleague(organization: Organization, email: str) -> None:
    team = Membership.objects.active().filter(organization=organization)
    if team.filter(user__email=email).exists():
        raise WrongMoment(
            f"{email} is on the team already. Change what they may do in the list of the team."
        )


def _post(invitation: Invitation, *, at: datetime) -> None:
    outbox.post(
        "accounts.invitation",
        key=f"{invitation.pk}:{invitation.letters}",
        at=at,
        invitation_id=invitation.pk,
        letter=invitation.letters,
    )


@errand()
def _post_review(review: AccessReview, *, at: datetime) -> None:
    for owner in Membership.objects.owners().filter(organization=review.organization_id):
        outbox.post(
            "accounts.access_review",
            key=f"{review.pk}:{owner.pk}:{local_date(at)}",
            at=at,
            review_id=review.pk,
            membership_id=owner.pk,
        )


def _take_back(invitation: Invitation, *, by: Actor, at: datetime, **why: str) -> Invitation:
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    links.revoke(Purpose.INVITATION, subject_id=invitation.pk, at=at)
    record(verb="revoke", subject=invitation, by=by, at=at, **why)
    return invitation


@errand()
def _lapse_invitations_by(user_id: int, *, by: Actor, at: datetime) -> None:
    """An invitation lives as long as whoever wrote it could write it again. The owners are told,
    so that a colleague who was wanted is invited anew."""
    asked = Invitation.objects.open(at).filter(invited_by=user_id).select_related("organization")
    for invitation in asked.select_for_update(of=("self",)).order_by("pk"):
        if policy.may_still_invite(user_id, invitation.organization):
            continue
        _take_back(invitation, by=by, at=at, why="whoever invited may no longer")
        owners = Membership.objects.owners().filter(organization=invitation.organization_id)
        for owner in owners.exclude(user_id=user_id):
            outbox.post(
                "accounts.invitation_lapsed",
                key=f"{invitation.pk}:{owner.pk}",
                at=at,
                invitation_id=invitation.pk,
                membership_id=owner.pk,
            )


def _locked(membership: Membership, by: Actor) -> Membership:
    """The membership with its whole team held: two owners who demote each other at once come one
    after the other, and the second one's badge no longer holds."""
    _lock_teams(Organization.objects.filter(pk=membership.organization_id))
    policy.still_holds(by).require()
    return with_people(Membership.objects.select_related("organization"), "user").get(
        pk=membership.pk
    )


def _lock_teams(organizations: OrganizationQuerySet) -> None:
    list(organizations.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def _close(view: ViewAs, *, by: Actor, at: datetime) -> ViewAs:
    """Who stopped it and when; a view that had run out ended when it did."""
    if view.stopped_at is None:
        view.stopped_at = min(at, view.ends_at)
        view.save(update_fields=["stopped_at"])
        record(verb="view_as_ended", subject=view.membership, by=by, at=at, view=view.pk)
    return view
