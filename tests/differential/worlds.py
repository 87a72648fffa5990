"""What is in the world? A sketch, built as rows and planted in the database.

Every row has a key that no other row of any table has, so that a policy which compares the wrong two
columns cannot be right by accident.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import connection

from alliance.access.actor import Actor, Audience, Level
from alliance.accounts.enums import Kind
from alliance.accounts.models import (
    AccessReview,
    Invitation,
    Membership,
    Organization,
    User,
    ViewAs,
)
from alliance.audit.models import AccessRecord, Event
from alliance.brokering.models import SavedView, Slip
from alliance.links.enums import Purpose
from alliance.outbox.models import Letter
from alliance.outcomes.models import Grant, HouseFigures, Publication
from alliance.records.enums import Reason
from alliance.records.models import Joined, Request
from alliance.skills.models import Occupation, Skill, ZipArea
from candidates.documents.models import Document
from candidates.enums import Scope
from candidates.intake.models import Habit, Note, StagedRow, Upload
from candidates.models import (
    Candidate,
    Consent,
    Contact,
    Credential,
    Enrolment,
    Lookalike,
    SkillEvidence,
)
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from employers.enums import Status as RoleStatus
from employers.models import Blindness, Employer, Reach, Role, RoleSkill, Site
from placements.enums import Status
from placements.lifecycle import SHOWN
from placements.models import (
    CheckIn,
    Interview,
    Match,
    Offer,
    Placement,
    Slate,
    SupervisorAnswer,
    WageRecord,
    WorkerAnswer,
)
from providers.models import Cohort, Competency, Programme, Provider
from tests.differential.sketches import Person, Put, Sketch

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
STRONG = SupervisorAnswer.strong_skills.through
WEAK = SupervisorAnswer.weak_skills.through
GRANT_COHORTS = Grant.cohorts.through
AUDIENCES = {
    Kind.ALLIANCE: Audience.BROKER,
    Kind.EMPLOYER: Audience.EMPLOYER,
    Kind.PROVIDER: Audience.PROVIDER,
    Kind.FUNDER: Audience.FUNDER,
}
# In the order in which rows refer to each other.
ORDER = (
    *(
        User,
        Authenticator,
        Organization,
        Membership,
        Invitation,
        AccessReview,
        ViewAs,
        Skill,
        Occupation,
        ZipArea,
    ),
    *(Employer, Blindness, Site, Role, RoleSkill, Reach, Provider, Programme, Competency, Cohort),
    *(Candidate, Contact, Enrolment, SkillEvidence, Credential, Consent, Upload, StagedRow, Habit),
    *(Note, Lookalike, Document),
    *(Barrier, Demographics, FormerWage, Request),
    *(Slate, Match, Interview, Offer, Placement, WageRecord, CheckIn, WorkerAnswer),
    *(SupervisorAnswer, STRONG, WEAK, Grant, GRANT_COHORTS, Publication, HouseFigures),
    *(Event, AccessRecord, Letter, Slip, SavedView, Joined),
)


@dataclass
class World:
    """The rows, table by table, as they were before any database saw them."""

    rows: dict[type[Any], list[Any]] = field(default_factory=lambda: {one: [] for one in ORDER})
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def __getitem__(self, table: type[Any]) -> list[Any]:
        return self.rows[table]

    def add(self, table: type[Any], **facts: Any) -> Any:
        """A row with a key of its own, unless its key is another row's."""
        if table._meta.pk.remote_field is None and "pk" not in facts:
            facts["pk"] = next(self._keys)
        self.rows[table].append(row := table(**facts))
        return row

    def plant(self) -> None:
        """Into the database, with every tie between the rows held."""
        for table in ORDER:
            table._base_manager.bulk_create(self.rows[table])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    def askers(self) -> Iterator[Actor]:
        """Everybody who could ask: members, people, supervisors, strangers and staff."""
        for member in self[Membership]:
            if member.ended_at is None:
                yield Actor(
                    audience=AUDIENCES[Kind(member.organization.kind)],
                    user_id=member.user_id,
                    organization_id=member.organization_id,
                    level=Level(member.level),
                )
        for person in self[Candidate]:
            yield Actor(
                audience=Audience.CANDIDATE,
                candidate_id=person.pk,
                purpose=Purpose.MY_PAGE,
                subject_id=person.pk,
            )
        for check_in in self[CheckIn][:4]:
            yield Actor(
                audience=Audience.SUPERVISOR,
                organization_id=check_in.employer_id,
                purpose=Purpose.SUPERVISOR_CHECK_IN,
                subject_id=check_in.pk,
            )
        yield Actor.nobody()
        for member in (self[Membership][0], self[Membership][-1]):
            yield Actor.nobody(member.user_id)


def built(sketch: Sketch) -> World:
    """The sketch, carried out."""
    world = World()
    _vocabulary(world)
    _organizations(world, sketch)
    _roles(world, sketch)
    _people(world, sketch)
    for put in sketch.puts:
        _put(world, put)
    _grants(world, sketch)
    _trail(world, sketch)
    return world


def _vocabulary(world: World) -> None:
    world.add(Skill, code="pipetting", name="Pipetting", family="Bench")
    world.add(
        Occupation,
        code="technician",
        name="Technician",
        soc="19-4021",
        onet="19-4021.00",
        title="Technicians",
        family="Laboratory",
        typical_education="none",
    )
    world.add(ZipArea, pk="02139", place="Cambridge", state="MA", latitude=42.36, longitude=-71.1)


def _organizations(world: World, sketch: Sketch) -> None:
    kinds = [Kind.EMPLOYER] * sketch.employers + [Kind.PROVIDER] * sketch.providers
    for number, kind in enumerate([*kinds, Kind.FUNDER, Kind.FUNDER, Kind.ALLIANCE]):
        house = world.add(Organization, kind=kind, name=f"House {number}", slug=f"house-{number}")
        house.created_at = AT
        owner = _member(world, house, Level.OWNER, ended=False)
        world.add(
            Invitation,
            organization=house,
            email=f"new{number}@example.test",
            name="Somebody New",
            level=Level.MEMBER,
            invited_by=owner.user,
            invited_at=AT,
            sent_at=AT,
            expires_at=AT + timedelta(days=7),
        )
        world.add(AccessReview, organization=house, quarter=date(2026, 1, 1), asked_at=AT)
        if kind == Kind.EMPLOYER:
            world.add(Employer, organization=house)
            world.add(
                Blindness,
                employer=world[Employer][-1],
                blind=False,
                reason="Agreed.",
                by=owner.user,
                at=AT,
            )
        elif kind == Kind.PROVIDER:
            world.add(Provider, organization=house)
    for place, level, ended in sketch.members:
        house = _around(world[Organization], place)
        _member(world, house, level, ended=ended)
    for member in world[Membership]:
        if member.organization.kind != Kind.ALLIANCE:
            world.add(
                ViewAs,
                staff=world[Membership][len(world[Organization]) - 1].user,
                membership=member,
                organization=member.organization,
                reason="They wrote.",
                started_at=AT,
                ends_at=AT + timedelta(minutes=15),
                stopped_at=AT + timedelta(minutes=5),
            )


def _member(world: World, house: Organization, level: Level, *, ended: bool) -> Membership:
    number = len(world[User])
    user = world.add(User, email=f"p{number}@example.test", name=f"P{number}", joined_at=AT)
    world.add(Authenticator, user=user, type=Authenticator.Type.TOTP, data={}, created_at=AT)
    return world.add(
        Membership,
        user=user,
        organization=house,
        level=level,
        started_at=AT,
        ended_at=AT if ended else None,
    )


def _roles(world: World, sketch: Sketch) -> None:
    for employer in world[Employer]:
        world.add(
            Site, employer=employer, name="Building 1", city="Cambridge", zip=world[ZipArea][0]
        )
    for number, (place, status, opened) in enumerate(sketch.roles):
        employer = _around(world[Employer], place)
        over = status in {RoleStatus.FILLED, RoleStatus.CLOSED}
        must_open = status in {RoleStatus.OPEN, RoleStatus.FILLED}
        site = world.add(
            Site,
            employer=employer,
            name=f"Annex {number}",
            city="Cambridge",
            zip=world[ZipArea][0],
        )
        role = world.add(
            Role,
            employer=employer,
            title=f"Technician {number}",
            occupation=world[Occupation][0],
            site=site,
            starts_on=DAY,
            pay_min=20,
            pay_max=25,
            status=status,
            created_at=AT,
            opened_at=AT if must_open or (opened and over) else None,
            ended_at=AT if over else None,
        )
        world.add(RoleSkill, role=role, skill=world[Skill][0])
        world.add(Reach, role=role, employer=employer, counted_at=AT, fit=20)


def _people(world: World, sketch: Sketch) -> None:
    for provider in world[Provider]:
        programme = world.add(
            Programme, provider=provider, name=f"Bench {provider.pk}", weeks=8, hours=192
        )
        world.add(Competency, programme=programme, skill=world[Skill][0], level=2)
        cohort = world.add(
            Cohort,
            provider=provider,
            programme=programme,
            name=f"Spring {provider.pk}",
            starts_on=DAY,
            ends_on=DAY,
        )
        world.add(
            Upload,
            provider=provider,
            cohort=cohort,
            name="people.csv",
            sha256="0" * 64,
            uploaded_by=world[User][0],
            created_at=AT,
        )
        world.add(Habit, provider=provider, key="town", target="note", noted_at=AT)
    for number, sketched in enumerate(sketch.people):
        _person(world, number, sketched)


def _person(world: World, number: int, sketched: Person) -> None:
    provider = _around(world[Provider], sketched.provider)
    cohort = next(one for one in world[Cohort] if one.provider_id == provider.pk)
    person = world.add(Candidate, provider=provider, reference=f"R{number}", created_at=AT)
    own: dict[str, Any] = {"candidate": person, "provider": provider}
    world.add(Contact, **own, first_name="Ana", last_name=f"L{number}", email=f"{number}@a.test")
    if sketched.enrolled:
        world.add(Enrolment, **own, cohort=cohort, started_on=DAY)
    world.add(SkillEvidence, candidate=person, skill=world[Skill][0], level=2, signed_off_on=DAY)
    world.add(Credential, candidate=person, name="OSHA 10")
    world.add(Barrier, **own, kind="transport")
    world.add(Demographics, **own)
    world.add(FormerWage, **own, was_working=False)
    world.add(Note, **own, heading="town", text="Chelsea")
    upload = next(one for one in world[Upload] if one.provider_id == provider.pk)
    world.add(StagedRow, **own, upload=upload, number=number + 2, cells="{}")
    if len(world[Candidate]) > 1:
        world.add(Lookalike, one=world[Candidate][-2], other=person, alike=["name"], found_at=AT)
    world.add(
        Joined, person=person, former_id=number + 10**9, former_public_id=UUID(int=number), at=AT
    )
    world.add(Request, candidate=person, reason=Reason.ASKED, asked_at=AT, due_on=DAY)
    for scope, said in zip(Scope, sketched.consents, strict=True):
        if said is not None:
            world.add(
                Consent,
                candidate=person,
                scope=scope,
                text_version="1",
                language="en",
                given_at=AT,
                withdrawn_at=None if said else AT,
            )
    if sketched.document:
        kind, status = sketched.document
        world.add(
            Document,
            **own,
            kind=kind,
            format="pdf",
            name="a.pdf",
            size=1,
            sha256=f"{number:064}",
            status=status,
            added_by_audience="provider",
            added_at=AT,
            scanned_at=AT,
            due_at=AT,
        )
    if sketched.looked_at_by is not None:
        member = _around(world[Membership], sketched.looked_at_by)
        _look(world, person, member)
        _look(world, person, None)


def _look(world: World, person: Candidate, member: Membership | None) -> None:
    world.add(
        AccessRecord,
        look="document",
        what="documents.document:1",
        candidate_ids=[person.pk],
        persons=1,
        by=member.user if member else None,
        by_audience=AUDIENCES[Kind(member.organization.kind)] if member else Audience.CANDIDATE,
        by_organization_id=member.organization_id if member else None,
        at=AT,
    )


def _put(world: World, put: Put) -> None:
    role, person = _around(world[Role], put.role), _around(world[Candidate], put.person)
    if any((one.role_id, one.candidate_id) == (role.pk, person.pk) for one in world[Match]):
        return
    shown = put.status in SHOWN
    slate = world.add(Slate, role=role, employer=role.employer, presented_at=AT) if shown else None
    match = world.add(
        Match,
        role=role,
        employer=role.employer,
        candidate=person,
        provider=person.provider,
        slate=slate,
        status=put.status,
        created_at=AT,
        asked_at=AT if put.asked else None,
        presented_at=AT if shown else None,
        answer_due_at=AT if shown else None,
        pass_reason="pay" if put.status == Status.PASSED else "",
        hidden_at=AT if put.hidden else None,
        asks_name=put.named,
        name_agreed_at=AT if put.named else None,
        named=put.named and shown,
    )
    if shown or put.asked:
        world.add(
            Interview,
            match=match,
            employer=role.employer,
            starts_at=AT,
            ends_at=AT + timedelta(hours=1),
            place="Here",
        )
        world.add(
            Offer,
            match=match,
            employer=role.employer,
            pay=25,
            hours_per_week=40,
            starts_on=DAY,
            made_at=AT,
        )
    if put.status == Status.STARTED:
        _job(world, match, answered=put.answered)


def _job(world: World, match: Match, *, answered: bool) -> None:
    sides: dict[str, Any] = {"employer": match.employer, "provider": match.provider}
    job = world.add(
        Placement,
        match=match,
        role=match.role,
        candidate=match.candidate,
        **sides,
        title="Technician",
        starts_on=DAY,
        created_at=AT,
    )
    world.add(
        WageRecord,
        placement=job,
        employer=match.employer,
        effective_on=DAY,
        pay=25,
        hours_per_week=40,
        evidence="employer",
        recorded_at=AT,
    )
    for reporter in ("worker", "supervisor"):
        asked = world.add(
            CheckIn,
            placement=job,
            **sides,
            reporter=reporter,
            day=30,
            due_on=DAY,
            closes_on=DAY,
            created_at=AT,
        )
        if answered and reporter == "worker":
            world.add(WorkerAnswer, check_in=asked, provider=match.provider, still_working=True)
        elif answered:
            said = world.add(
                SupervisorAnswer, check_in=asked, employer=match.employer, still_employed=True
            )
            for table in (STRONG, WEAK):
                world.add(table, supervisoranswer=said, skill=world[Skill][0])


def _grants(world: World, sketch: Sketch) -> None:
    funders = [one for one in world[Organization] if one.kind == Kind.FUNDER]
    for number, funder in enumerate(funders):
        grant = world.add(
            Grant,
            funder=funder,
            name=f"Grant {number}",
            slug=f"grant-{number}",
            starts_on=DAY,
            ends_on=DAY,
            tracked_until=DAY,
            amount=1,
            target_enrolled=1,
            target_completed=1,
            target_placed=1,
        )
        world.add(GRANT_COHORTS, grant=grant, cohort=_around(world[Cohort], number))
    for number, (place, stands) in enumerate(sketch.publications):
        grant = world[Grant][place]
        world.add(
            Publication,
            grant=grant,
            funder=grant.funder,
            as_of=DAY + timedelta(days=number),
            published_at=AT,
            definition_version=1,
            rows=[],
            details={},
            superseded_at=None if stands else AT,
        )
    world.add(HouseFigures, as_of=DAY, published_at=AT)


def _trail(world: World, sketch: Sketch) -> None:
    things = [*world[Match], *world[Placement], *world[Candidate], *world[Role]]
    for place, subject in sketch.deeds:
        _event(world, _around(things, subject), _around(world[Membership], place))
    for person in world[Candidate]:
        _event(world, person, None, "add_document")
        _event(world, person, None, "register")
    for job in world[Placement]:
        _event(world, job, None, "answer_check_in", Audience.SUPERVISOR)
    for thing in things:
        _event(world, thing, None, "see_to", Audience.CLOCK)
    for member in world[Membership]:
        world.add(Slip, kind="asked", thing=member.pk, assigned_to=member.user, note="Calls", at=AT)
        world.add(SavedView, owner=member.user, name=f"Mine {member.pk}", query="whose=mine")
    world.add(Letter, kind="consent", ids={}, dedupe_key="consent:1", due_at=AT, queued_at=AT)


def _event(
    world: World,
    thing: Any,
    member: Membership | None,
    verb: str = "change",
    audience: Audience = Audience.CANDIDATE,
) -> None:
    world.add(
        Event,
        verb=verb,
        subject=f"{thing._meta.label_lower}:{thing.pk}",
        by=member.user if member else None,
        by_audience=AUDIENCES[Kind(member.organization.kind)] if member else audience,
        by_organization_id=member.organization_id if member else None,
        at=AT,
    )


def _around(things: list[Any], number: int) -> Any:
    return things[number % len(things)]
