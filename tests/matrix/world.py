"""Whose world is it? Two complete casts in which every word tells whose it is, and who looks on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils.timezone import now

from alliance.access.actor import Level
from alliance.accounts.actions import set_up_single_sign_on
from alliance.accounts.models import AccessReview, Invitation, Membership, User, ViewAs
from alliance.audit.actions import record
from alliance.links.enums import Purpose
from alliance.records.models import Request
from candidates.documents.models import Document
from candidates.models import Credential, SkillEvidence
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from employers.enums import Status as RoleStatus
from placements.enums import Status
from placements.lifecycle import REVEALED, SHOWN
from placements.models import Match, SupervisorAnswer, WorkerAnswer
from tests.conftest import Cast, actor_of, browser_of, populate, signed_in
from tests.factories.accounts import (
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    ViewAsFactory,
)
from tests.factories.candidates import CandidateFactory, EnrolmentFactory
from tests.factories.documents import DocumentFactory
from tests.factories.employers import RoleFactory
from tests.factories.placements import (
    CheckInFactory,
    InterviewFactory,
    OfferFactory,
    WageRecordFactory,
)
from tests.factories.providers import CompetencyFactory
from tests.matrix.canaries import Aviary, Canary, spread_keys
from tests.openid import SECRET, is_signed_in, running, said, signs_in
from tests.test_who_may_open_what import link_for, stage, things

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
UNKNOWN_NUMBER = 49999999
UNKNOWN_SLUG = "nobody-has-this"
MORE_PEOPLE = 10  # with those of the matches enough for a second page
SIDES = ("employer", "provider", "funder")
PUBLIC_TABLES = frozenset(
    {"employers_role", "employers_site", "employers_employer", "accounts_organization"}
)
ALL = None
"""Every row of ours in a table."""


@dataclass
class Side:
    """A cast with everything else a page may show."""

    cast: Cast
    people: dict[str, Membership]
    draft: object
    invitations: dict[str, object]
    documents: dict[int, Document]
    session: UserSession
    passkey: Authenticator
    links: dict[Purpose, tuple[Client, str]] = field(default_factory=dict)
    ours: bool = False
    rows: dict[str, set] = field(default_factory=dict)
    arguments: dict[tuple[str, str], object] = field(default_factory=dict)
    things: dict[str, object] = field(default_factory=dict)

    def argument(self, parameter: str, kind: str) -> object:
        """Our own invitation, member, review… of the organisation of this kind."""
        return self.arguments[parameter, kind or "employer"]


@dataclass(frozen=True)
class Persona:
    """Somebody with a browser: what of our own side they may read, and whether they may act."""

    name: str
    browser: Client
    reads: dict[str, set | None]
    writes: bool = False
    staff: bool = False
    side: str = ""
    link: str = ""

    @property
    def thorough(self) -> bool:
        """Who tries every field: one of each who may act, for the others are held by the same forms."""
        return self.writes and not self.name.endswith(Level.MEMBER)

    def may_read(self, canary: Canary) -> bool:
        if self.staff:
            return True
        if not canary.ours or canary.table not in self.reads:
            return False
        rows = self.reads[canary.table]
        return rows is ALL or canary.row in rows


@dataclass
class World:
    """Ours and theirs, side by side."""

    aviary: Aviary
    ours: Side
    theirs: Side
    public: set[tuple[str, object]]

    def persona(self, name: str) -> Persona:
        return PERSONAS[name](self, name)

    def is_public(self, canary: Canary) -> bool:
        """What the board tells everybody: open roles, where they are, and who posts them."""
        return (canary.table, canary.row) in self.public


def build() -> World:
    spread_keys()
    aviary = Aviary()
    with aviary.belonging(ours=True):
        ours = furnished()
    with aviary.belonging(ours=False):
        theirs = furnished()
    for side in (ours, theirs):
        side.cast = _fresh(side.cast)
        side.draft.refresh_from_db()
        side.ours = side is ours
        side.rows = aviary.rows[side.ours]
        side.arguments = _arguments(side)
        side.things = things(side.cast)
        for purpose in Purpose:
            side.links[purpose] = link_for(side.cast, purpose)
    return World(aviary, ours, theirs, {*_public(ours), *_public(theirs)})


def furnished() -> Side:
    """A cast, a team of each level, confidences, files, drafts, offers, answers and invitations."""
    cast = stage(populate())
    people, invitations = {}, {}
    for kind in SIDES:
        owner: Membership = getattr(cast, kind)
        people[f"{kind} owner"] = owner
        for level in (Level.MEMBER, Level.VIEWER):
            people[f"{kind} {level}"] = MembershipFactory(
                organization=owner.organization, level=level, title="-"
            )
        invitations[kind] = _invitation(owner)
        ViewAsFactory(membership=owner, stopped_at=now())
    for match in cast.matches.values():
        _confidences(match.candidate)
    for _ in range(MORE_PEOPLE):
        EnrolmentFactory(
            candidate=CandidateFactory(provider=cast.cohort.provider), cohort=cast.cohort
        )
    draft = RoleFactory(employer=cast.role.employer, status=RoleStatus.DRAFT, opened_at=None)
    CompetencyFactory(programme=cast.cohort.programme)
    _later(cast)
    record(verb="draft", subject=draft, by=actor_of(cast.employer), at=now())
    shown = [match for status, match in cast.matches.items() if status in SHOWN]
    documents = {match.candidate_id: DocumentFactory(candidate=match.candidate) for match in shown}
    return Side(cast, people, draft, invitations, documents, *_signed_in())


def _signed_in() -> tuple[UserSession, Authenticator]:
    """Somebody with an account, at a browser of theirs, who has a passkey."""
    user = UserFactory()
    browser = signed_in(user, "password")
    session = UserSession.objects.create(
        user=user, ip="192.0.2.7", user_agent="-", session_key=browser.session.session_key
    )
    data = {"name": f"Passkey of {user.name}", "credential": {}}
    return session, Authenticator.objects.create(user=user, type="webauthn", data=data)


def _invitation(owner: Membership) -> Invitation:
    return Invitation.objects.create(
        organization=owner.organization,
        email=f"invited-{owner.pk}@example.test",
        name="-",
        level=Level.MEMBER,
        invited_by=owner.user,
        invited_at=now(),
        sent_at=now(),
        expires_at=now() + timedelta(days=7),
    )


def _confidences(candidate) -> None:
    owner = {"candidate": candidate, "provider": candidate.provider}
    Barrier.objects.create(**owner, kind="housing", note="-")
    Demographics.objects.create(**owner, groups=["asian"], gender="f", birth_year=1990)
    FormerWage.objects.create(**owner, hourly=Decimal(15), was_working=True)
    Credential.objects.create(candidate=candidate, name="-")
    Request.objects.create(candidate=candidate, reason="asked", asked_at=now(), due_on=now().date())


def _later(cast: Cast) -> None:
    """What comes after a match: offers, pay, and what both sides answered."""
    for status in (Status.OFFERED, Status.ACCEPTED):
        OfferFactory(match=cast.matches[status])
    WageRecordFactory(
        placement=cast.placement, pay=Decimal(cast.placement.pk % 900 + 90000), title="Scientist"
    )
    worker = CheckInFactory(placement=cast.placement, day=60, answered_at=now())
    WorkerAnswer.objects.create(
        check_in=worker, provider=worker.provider, still_working=True, comment="-"
    )
    supervisor = CheckInFactory(
        placement=cast.placement, day=60, reporter="supervisor", answered_at=now()
    )
    SupervisorAnswer.objects.create(
        check_in=supervisor, employer=supervisor.employer, still_employed=True, comment="-"
    )
    InterviewFactory(match=cast.matches[Status.MEETING], cancelled_at=now())


def _fresh(cast: Cast) -> Cast:
    """The same rows as they are called now."""
    for name, value in vars(cast).items():
        if name == "matches":
            for status, match in value.items():
                value[status] = Match.objects.get(pk=match.pk)
        else:
            setattr(cast, name, type(value)._base_manager.get(pk=value.pk))
    return cast


def _arguments(side: Side) -> dict[tuple[str, str], object]:
    known: dict[tuple[str, str], object] = {}
    for kind in SIDES:
        member: Membership = getattr(side.cast, kind)
        reviews = AccessReview.objects.filter(organization_id=member.organization_id)
        known |= {
            (kind, kind): member.organization.slug,
            ("grant", kind): side.cast.grant.slug,
            ("invitation", kind): side.invitations[kind].public_id,
            ("membership", kind): side.people[f"{kind} viewer"].pk,
            ("review", kind): reviews.values_list("pk", flat=True).first(),
        }
    return known


def _public(side: Side) -> set[tuple[str, object]]:
    role = side.cast.role
    return {
        ("employers_role", role.pk),
        ("employers_site", role.site_id),
        ("employers_employer", role.employer_id),
        ("accounts_organization", role.employer_id),
    }


# Who may read what of their own side -----------------------------------------------------------


def _team(side: Side, kind: str) -> dict[str, set | None]:
    member: Membership = getattr(side.cast, kind)
    team = Membership.objects.filter(organization=member.organization_id)
    views = ViewAs.objects.filter(organization=member.organization_id)
    users = set(team.values_list("user_id", flat=True)) | set(views.values_list("staff", flat=True))
    return {
        "accounts_organization": {member.organization_id},
        "accounts_user": users,
        "accounts_membership": set(team.values_list("pk", flat=True)),
        "accounts_invitation": {side.invitations[kind].pk},
        "accounts_accessreview": ALL,
        "accounts_viewas": set(views.values_list("pk", flat=True)),
    }


def employer_reads(side: Side) -> dict[str, set | None]:
    """Faces of people shown, names and résumés of people it meets; nothing of what came before."""
    matches = list(Match.objects.filter(employer=side.cast.employer.organization_id))
    shown = {one.candidate_id for one in matches if one.status in SHOWN}
    revealed = {one.candidate_id for one in matches if one.status in REVEALED}
    return _team(side, "employer") | {
        "employers_role": ALL,
        "employers_site": ALL,
        "employers_employer": ALL,
        "placements_slate": ALL,
        "placements_match": {one.pk for one in matches if one.status in SHOWN},
        "placements_interview": ALL,
        "placements_offer": ALL,
        "placements_placement": ALL,
        "placements_wagerecord": ALL,
        "placements_supervisoranswer": ALL,
        "candidates_contact": revealed,
        "documents_document": {side.documents[who].pk for who in revealed & set(side.documents)},
        "candidates_credential": _rows_of(Credential, shown),
        "candidates_skillevidence": _rows_of(SkillEvidence, shown),
        "providers_programme": ALL,
        "providers_cohort": ALL,
    }


def provider_reads(side: Side) -> dict[str, set | None]:
    """Its own people, what came of them, and the roles and employers they were put forward to."""
    role = side.cast.role
    return _team(side, "provider") | {
        "accounts_organization": {side.cast.provider.organization_id, role.employer_id},
        "employers_role": {role.pk},
        "employers_site": {role.site_id},
        "employers_employer": {role.employer_id},
        **dict.fromkeys(
            (
                "providers_programme",
                "providers_cohort",
                "providers_provider",
                "candidates_candidate",
                "candidates_contact",
                "candidates_credential",
                "candidates_skillevidence",
                "intake_upload",
                "documents_document",
                "placements_placement",
                "placements_wagerecord",
                "placements_workeranswer",
                "placements_supervisoranswer",
                "placements_checkin",
            )
        ),
        "placements_match": ALL,
    }


def funder_reads(side: Side) -> dict[str, set | None]:
    """Its grants, as published."""
    return _team(side, "funder") | {"outcomes_grant": ALL, "outcomes_publication": ALL}


def candidate_reads(side: Side, candidate) -> dict[str, set | None]:
    """Oneself, one's matches, and what was said with them."""
    role, person = side.cast.role, candidate.pk
    matches = set(Match.objects.filter(candidate=person).values_list("pk", flat=True))
    return {
        "accounts_organization": {role.employer_id, side.cast.provider.organization_id},
        "employers_role": {role.pk},
        "employers_site": {role.site_id},
        "employers_employer": {role.employer_id},
        "candidates_contact": {person},
        "candidates_candidate": {person},
        "candidates_credential": _rows_of(Credential, {person}),
        "candidates_skillevidence": _rows_of(SkillEvidence, {person}),
        "documents_document": {side.documents[person].pk} if person in side.documents else set(),
        "placements_match": matches,
        "placements_placement": {side.cast.placement.pk}
        if side.cast.placement.candidate_id == person
        else set(),
        "placements_interview": {side.cast.interview.pk}
        if side.cast.interview.match_id in matches
        else set(),
        "providers_programme": ALL,
        "providers_cohort": ALL,
    }


def supervisor_reads(side: Side) -> dict[str, set | None]:
    """The first name of whom they are asked about, and the job."""
    return {
        "accounts_organization": {side.cast.employer.organization_id},
        "employers_role": {side.cast.role.pk},
        "candidates_contact": {side.cast.placement.candidate_id},
        "placements_placement": {side.cast.placement.pk},
        "providers_programme": ALL,
    }


def _rows_of(model, candidates: set[int]) -> set:
    return set(model.objects.filter(candidate__in=candidates).values_list("pk", flat=True))


# Who looks on ----------------------------------------------------------------------------------

READS = {"employer": employer_reads, "provider": provider_reads, "funder": funder_reads}


def _stranger(_world: World, name: str) -> Persona:
    return Persona(name, Client(), {})


def _member(world: World, name: str) -> Persona:
    kind, level = name.split()
    return Persona(
        name,
        browser_of(world.ours.people[name]),
        READS[kind](world.ours),
        writes=level != Level.VIEWER,
        side=kind,
    )


def _vouched_for(world: World, name: str) -> Persona:
    """A member who comes in by their organisation's own provider: a real one, asked and answering."""
    member = world.ours.people[name]
    address = User.objects.values_list("email", flat=True).get(pk=member.user_id)
    member.user.emailaddress_set.create(email=address, verified=True, primary=True)
    staff = MembershipFactory(organization=OrganizationFactory(kind="alliance"))
    with running() as provider:
        own = set_up_single_sign_on(
            member.organization,
            server_url=provider.address,
            client_id="connector",
            secret=SECRET,
            domains=[address.rpartition("@")[2]],
            required=False,
            by=actor_of(staff),
            at=now(),
        )
        browser, _told = signs_in(provider, own, said(email=address))
    assert is_signed_in(browser)
    return replace(_member(world, name), browser=browser)


def _staff(_world: World, name: str) -> Persona:
    level = Level(name.split()[1])
    member = MembershipFactory(organization=OrganizationFactory(kind="alliance"), level=level)
    return Persona(name, browser_of(member), {}, writes=level != Level.VIEWER, staff=True)


def _outsider(_world: World, name: str) -> Persona:
    user = UserFactory()
    browser = signed_in(user, "password")
    return Persona(name, browser, {"accounts_user": {user.pk}})


def _viewing(world: World, name: str) -> Persona:
    """One of the staff, looking through the eyes of an owner."""
    kind = name.removeprefix("viewing as ")
    staff = MembershipFactory(organization=OrganizationFactory(kind="alliance"))
    browser = browser_of(staff)
    eyes: Membership = getattr(world.ours.cast, kind)
    view = ViewAsFactory(staff=staff.user, membership=eyes)
    session = browser.session
    session["view_as"] = view.pk
    session.save()
    reads = READS[kind](world.ours)
    return Persona(name, browser, reads, side=kind)


def _by_link(world: World, name: str) -> Persona:
    purpose = Purpose(name.removeprefix("link: "))
    browser, link = world.ours.links[purpose]
    cast = world.ours.cast
    reads: dict[str, set | None] = {}
    if purpose is Purpose.SUPERVISOR_CHECK_IN:
        reads = supervisor_reads(world.ours)
    elif purpose is Purpose.WORKER_CHECK_IN:
        reads = candidate_reads(world.ours, cast.placement.candidate)
    elif purpose is not Purpose.INVITATION:
        reads = candidate_reads(world.ours, cast.candidate)
    return Persona(name, browser, reads, writes=True, link=link)


PERSONAS: dict[str, Callable[[World, str], Persona]] = {
    "stranger": _stranger,
    **{f"employer {level}": _member for level in Level},
    f"employer {Level.MEMBER}": _vouched_for,
    **{f"{kind} {level}": _member for kind in SIDES[1:] for level in (Level.OWNER, Level.VIEWER)},
    "staff owner": _staff,
    "staff viewer": _staff,
    "outsider": _outsider,
    **{f"viewing as {kind}": _viewing for kind in SIDES},
    **{f"link: {purpose}": _by_link for purpose in Purpose},
}
