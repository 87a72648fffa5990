"""Who may see and change which row? The specification, in plain sets, written from what was promised.

Nothing here was taken from a policy of ours or of the database; where one of them says otherwise, one
of the three is wrong. What an asker has no right to at all is not in the answer: asking is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator

from alliance.access.actor import Actor, Audience, Level
from alliance.accounts.models import (
    AccessReview,
    Invitation,
    Membership,
    Organization,
    User,
    ViewAs,
)
from alliance.audit.models import AccessRecord, Event
from alliance.outbox.models import Letter
from alliance.outcomes.models import Grant, HouseFigures, Publication
from alliance.records.models import Request
from candidates.documents.models import Document
from candidates.intake.models import Habit, Note, StagedRow, Upload
from candidates.models import (
    Candidate,
    Consent,
    Contact,
    Credential,
    Enrolment,
    SkillEvidence,
)
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from employers.models import Employer, Reach, Role, RoleSkill, Site
from placements.models import (
    CheckIn,
    Interview,
    Match,
    Offer,
    Placement,
    Sight,
    Slate,
    SupervisorAnswer,
    WageRecord,
    WorkerAnswer,
)
from providers.models import Cohort, Competency, Programme, Provider
from tests.differential.worlds import GRANT_COHORTS, STRONG, WEAK, World

# An employer sees whoever was presented to it and did not go away again,
SHOWN = {"presented", "meeting", "interviewing", "offered", "accepted", "started", "passed"}
# and knows who it is from *meet* on, or from the start where they said so, while the person agrees.
REVEALED = {"meeting", "interviewing", "offered", "accepted", "started"}
OWN_DOCUMENTS = {"add_document", "remove_document", "read_document"}

Rows = frozenset[Any]
Rights = dict[type[Any], "Right"]


@dataclass(frozen=True, slots=True)
class Right:
    """The keys of the rows that can be read, changed, removed, and written as they stand."""

    reads: Rows = frozenset()
    changes: Rows = frozenset()
    removes: Rows = frozenset()
    adds: Rows = frozenset()


def rights(world: World, actor: Actor) -> Rights:
    """All that this asker may do."""
    match actor.audience:
        case Audience.EMPLOYER:
            return _employer(world, actor)
        case Audience.PROVIDER:
            return _provider(world, actor)
        case Audience.FUNDER:
            return _funder(world, actor)
        case Audience.CANDIDATE:
            return _candidate(world, actor)
        case Audience.SUPERVISOR:
            return _supervisor(world, actor)
        case _:
            return _stranger(world, actor)


def _employer(world: World, me: Actor) -> Rights:
    mine = me.organization_id
    shown = [
        one
        for one in world[Match]
        if one.employer_id == mine and one.status in SHOWN and one.hidden_at is None
    ]
    agree = {
        one.candidate_id
        for one in world[Consent]
        if one.scope == "employers" and one.withdrawn_at is None
    }
    sights = [one for one in shown if one.status == "started" or one.candidate_id in agree]
    faces = {one.candidate_id for one in sights}
    known = {
        one.candidate_id
        for one in shown
        if one.candidate_id in agree
        and (one.status in REVEALED or (one.status == "presented" and one.named))
    }
    roles = [one for one in world[Role] if one.employer_id == mine]
    jobs = _where(world, Placement, employer_id=mine)
    asked = _where(world, CheckIn, employer_id=mine, reporter="supervisor")
    agreeing = faces & agree
    providers = {one.provider_id for one in sights}
    return {
        **_team(world, me),
        Cohort: reads(one for one in world[Cohort] if one.provider_id in providers),
        Programme: reads(one for one in world[Programme] if one.provider_id in providers),
        Match: changes(shown),
        Sight: reads(sights),
        Slate: reads(_where(world, Slate, employer_id=mine)),
        Interview: keeps(
            one
            for one in _where(world, Interview, employer_id=mine)
            if one.match_id in {match.pk for match in shown}
        ),
        Offer: adds(_where(world, Offer, employer_id=mine)),
        Placement: keeps(jobs),
        WageRecord: adds(_where(world, WageRecord, employer_id=mine)),
        CheckIn: reads(asked),
        **_supervisors_answers(world, asked),
        Candidate: reads(one for one in world[Candidate] if one.pk in faces),
        SkillEvidence: reads(_of(world, SkillEvidence, agreeing)),
        Credential: reads(_of(world, Credential, agreeing)),
        Enrolment: reads(_of(world, Enrolment, agreeing)),
        Contact: reads(_of(world, Contact, known)),
        Consent: reads(one for one in _of(world, Consent, faces) if one.scope == "employers"),
        Document: reads(
            one
            for one in _of(world, Document, known)
            if one.kind == "resume" and one.status == "clean"
        ),
        Role: keeps(roles),
        RoleSkill: writes(one for one in world[RoleSkill] if one.role in roles),
        Reach: reads(_where(world, Reach, employer_id=mine)),
        Site: keeps(_where(world, Site, employer_id=mine)),
        Employer: changes(_where(world, Employer, organization_id=mine)),
        Event: _trail(world, me, sights, roles),
        HouseFigures: reads(world[HouseFigures]),
    }


def _provider(world: World, me: Actor) -> Rights:
    mine = me.organization_id
    people = _where(world, Candidate, provider_id=mine)
    own = {one.pk for one in people}
    matches = _where(world, Match, provider_id=mine)
    jobs = _where(world, Placement, provider_id=mine)
    asked = _where(world, CheckIn, provider_id=mine)
    programmes = _where(world, Programme, provider_id=mine)
    return {
        **_team(world, me),
        **_board(world, {one.role_id for one in matches}, also={mine}, locks={mine}),
        Candidate: writes(people),
        Contact: writes(_of(world, Contact, own)),
        Enrolment: writes(_of(world, Enrolment, own)),
        SkillEvidence: writes(_of(world, SkillEvidence, own)),
        Credential: writes(_of(world, Credential, own)),
        Barrier: writes(_of(world, Barrier, own)),
        Demographics: writes(_of(world, Demographics, own)),
        FormerWage: writes(_of(world, FormerWage, own)),
        Consent: keeps(_of(world, Consent, own)),
        Document: removes(_of(world, Document, own)),
        Upload: writes(_where(world, Upload, provider_id=mine)),
        StagedRow: writes(_where(world, StagedRow, provider_id=mine)),
        Habit: writes(_where(world, Habit, provider_id=mine)),
        Note: writes(_of(world, Note, own)),
        Match: reads(matches),
        Interview: reads(one for one in world[Interview] if one.match in matches),
        Placement: reads(jobs),
        WageRecord: reads(one for one in world[WageRecord] if one.placement in jobs),
        CheckIn: reads(asked),
        WorkerAnswer: reads(one for one in world[WorkerAnswer] if one.check_in in asked),
        **_supervisors_answers(world, asked),
        Provider: changes(_where(world, Provider, organization_id=mine)),
        Programme: writes(programmes),
        Competency: writes(one for one in world[Competency] if one.programme in programmes),
        Cohort: writes(_where(world, Cohort, provider_id=mine)),
        Event: _trail(world, me, people),
        HouseFigures: reads(world[HouseFigures]),
    }


def _funder(world: World, me: Actor) -> Rights:
    grants = _where(world, Grant, funder_id=me.organization_id)
    return {
        **_team(world, me),
        **_board(world, set(), also={me.organization_id}, locks={me.organization_id}),
        Grant: reads(grants),
        GRANT_COHORTS: reads(one for one in world[GRANT_COHORTS] if one.grant in grants),
        Publication: reads(
            one for one in world[Publication] if one.grant in grants and not one.superseded_at
        ),
        Event: _trail(world, me),
        HouseFigures: reads(world[HouseFigures]),
    }


def _candidate(world: World, me: Actor) -> Rights:
    own = {me.candidate_id}
    person = _where(world, Candidate, pk=me.candidate_id)
    provider = {one.provider_id for one in person}
    asked = [one for one in world[Match] if one.candidate_id in own and one.asked_at is not None]
    jobs = _where(world, Placement, candidate_id=me.candidate_id)
    check_ins = [
        one for one in world[CheckIn] if one.placement in jobs and one.reporter == "worker"
    ]
    looks = [one for one in world[AccessRecord] if me.candidate_id in one.candidate_ids]
    cohorts = [one.cohort for one in _of(world, Enrolment, own)]
    interviews = [one for one in world[Interview] if one.match in asked]
    who = {one.by_organization_id for one in looks}
    return {
        **_board(world, {one.role_id for one in asked}, also=provider | who),
        **_taught(world, cohorts),
        Candidate: changes(person),
        Note: reads(_of(world, Note, own)),
        Contact: reads(_of(world, Contact, own)),
        Enrolment: reads(_of(world, Enrolment, own)),
        SkillEvidence: reads(_of(world, SkillEvidence, own)),
        Credential: reads(_of(world, Credential, own)),
        Consent: keeps(_of(world, Consent, own)),
        Document: removes(_of(world, Document, own)),
        Provider: reads(one for one in world[Provider] if one.pk in provider),
        Match: changes(asked),
        Interview: reads(interviews),
        Offer: reads(one for one in world[Offer] if one.match in asked),
        Placement: reads(jobs),
        WageRecord: reads(one for one in world[WageRecord] if one.placement in jobs),
        Barrier: reads(_of(world, Barrier, own)),
        Demographics: reads(_of(world, Demographics, own)),
        FormerWage: reads(_of(world, FormerWage, own)),
        Request: keeps(_of(world, Request, own)),
        CheckIn: changes(check_ins),
        WorkerAnswer: adds(one for one in world[WorkerAnswer] if one.check_in in check_ins),
        AccessRecord: Right(
            reads=_keys(looks),
            adds=_keys(one for one in looks if not one.by_id and one.by_audience == "candidate"),
        ),
        Event: Right(
            reads=_keys(
                one
                for one in world[Event]
                if one.subject in _labels(person) and one.verb in OWN_DOCUMENTS
            ),
            adds=_nameless(world, "candidate"),
        ),
        Letter: Right(adds=_keys(world[Letter])),
        HouseFigures: reads(world[HouseFigures]),
    }


def _supervisor(world: World, me: Actor) -> Rights:
    asked = _where(world, CheckIn, pk=me.subject_id, reporter="supervisor")
    jobs = [one.placement for one in asked]
    people = {one.candidate_id for one in jobs}
    enrolled = _of(world, Enrolment, people)
    cohorts = [one.cohort for one in enrolled]
    taught = {one.programme_id for one in cohorts}
    said = [one for one in world[SupervisorAnswer] if one.check_in in asked]
    return {
        **_board(world, {one.role_id for one in jobs}, also=set()),
        **_taught(world, cohorts),
        CheckIn: changes(asked),
        Placement: reads(jobs),
        Candidate: reads(one for one in world[Candidate] if one.pk in people),
        Contact: reads(_of(world, Contact, people)),
        Enrolment: reads(enrolled),
        Competency: reads(one for one in world[Competency] if one.programme_id in taught),
        SupervisorAnswer: adds(said),
        STRONG: removes(one for one in world[STRONG] if one.supervisoranswer in said),
        WEAK: removes(one for one in world[WEAK] if one.supervisoranswer in said),
        Event: Right(adds=_nameless(world, "supervisor")),
        Letter: Right(adds=_keys(world[Letter])),
        HouseFigures: reads(world[HouseFigures]),
    }


def _stranger(world: World, me: Actor) -> Rights:
    member = [one for one in world[Membership] if one.user_id == me.user_id]
    return {
        **_board(world, set(), also={one.organization_id for one in member}),
        Membership: reads(member),
        User: reads(_where(world, User, pk=me.user_id)),
        HouseFigures: reads(world[HouseFigures]),
    }


def _team(world: World, me: Actor) -> Rights:
    """What every member of an organisation has: its people, and their own name in the trail."""
    mine = me.organization_id
    members = _where(world, Membership, organization_id=mine)
    house = _where(world, Organization, pk=mine)
    views = _where(world, ViewAs, organization_id=mine)
    if me.level is not Level.OWNER:
        views = [one for one in views if one.membership.user_id == me.user_id]
    return {
        Organization: Right(reads=_keys(house), changes=_keys(house)),
        Membership: keeps(members),
        Invitation: keeps(_where(world, Invitation, organization_id=mine)),
        AccessReview: changes(_where(world, AccessReview, organization_id=mine)),
        ViewAs: reads(views),
        User: reads(one.user for one in members),
        Authenticator: reads(
            one for one in world[Authenticator] if one.user in [member.user for member in members]
        ),
        AccessRecord: Right(adds=_own_deeds(world, AccessRecord, me)),
        Letter: Right(adds=_keys(world[Letter])),
    }


def _board(world: World, roles: set[int], *, also: set[int], locks: Iterable[int] = ()) -> Rights:
    """Roles that anybody can or once could read, and these; with the houses of who offers them."""
    found = [
        one
        for one in world[Role]
        if one.pk in roles
        or one.status == "open"
        or (one.status in {"filled", "closed"} and one.opened_at is not None)
    ]
    houses = {one.employer_id for one in found}
    return {
        Role: reads(found),
        RoleSkill: reads(one for one in world[RoleSkill] if one.role in found),
        Site: reads(one.site for one in found),
        Employer: reads(one for one in world[Employer] if one.pk in houses),
        Organization: Right(
            reads=_keys(one for one in world[Organization] if one.pk in houses | also),
            changes=frozenset(locks),
        ),
    }


def _taught(world: World, cohorts: list[Any]) -> Rights:
    return {Cohort: reads(cohorts), Programme: reads(one.programme for one in cohorts)}


def _supervisors_answers(world: World, asked: list[Any]) -> Rights:
    said = [one for one in world[SupervisorAnswer] if one.check_in in asked]
    return {
        SupervisorAnswer: reads(said),
        STRONG: reads(one for one in world[STRONG] if one.supervisoranswer in said),
        WEAK: reads(one for one in world[WEAK] if one.supervisoranswer in said),
    }


def _trail(world: World, me: Actor, *things: list[Any]) -> Right:
    own = _own_deeds(world, Event, me)
    return Right(reads=own | _about(world, *things), adds=own)


def _about(world: World, *things: list[Any]) -> Rows:
    told = _labels(each for several in things for each in several)
    return _keys(one for one in world[Event] if one.subject in told)


def _labels(things: Iterable[Any]) -> set[str]:
    return {f"{one._meta.label_lower}:{one.pk}" for one in things}


def _own_deeds(world: World, table: type[Any], me: Actor) -> Rows:
    return _keys(_where(world, table, by_id=me.user_id, by_organization_id=me.organization_id))


def _nameless(world: World, audience: str) -> Rows:
    return _keys(_where(world, Event, by_id=None, by_audience=audience))


def _where(world: World, table: type[Any], **facts: Any) -> list[Any]:
    return [
        one
        for one in world[table]
        if all(getattr(one, name) == value for name, value in facts.items())
    ]


def _of(world: World, table: type[Any], people: set[int]) -> list[Any]:
    return [one for one in world[table] if one.candidate_id in people]


def _keys(rows: Iterable[Any]) -> Rows:
    return frozenset(one.pk for one in rows)


def reads(rows: Iterable[Any]) -> Right:
    """Looks, and no more."""
    return Right(reads=_keys(rows))


def adds(rows: Iterable[Any]) -> Right:
    """Looks and adds, but never edits."""
    keys = _keys(rows)
    return Right(reads=keys, adds=keys)


def changes(rows: Iterable[Any]) -> Right:
    """Looks and changes what somebody else put there."""
    keys = _keys(rows)
    return Right(reads=keys, changes=keys)


def keeps(rows: Iterable[Any]) -> Right:
    """Looks, adds and changes, and removes nothing."""
    keys = _keys(rows)
    return Right(reads=keys, adds=keys, changes=keys)


def removes(rows: Iterable[Any]) -> Right:
    """Looks, adds and takes away, and changes nothing."""
    keys = _keys(rows)
    return Right(reads=keys, adds=keys, removes=keys)


def writes(rows: Iterable[Any]) -> Right:
    """Its own, to do with as it likes."""
    keys = _keys(rows)
    return Right(reads=keys, adds=keys, changes=keys, removes=keys)
