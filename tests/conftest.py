"""The stage and the cast: servers of our own, and everybody with a populated rival."""

from __future__ import annotations

import random
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.test import Client
from django.utils.timezone import now
from hypothesis import settings as trying

from alliance.access.actor import Actor, Audience, Level
from alliance.accounts import proof
from alliance.accounts.enums import Kind
from alliance.accounts.models import Membership, User
from alliance.engine_room import services
from alliance.engine_room.paths import VAR
from alliance.links import actions as links
from alliance.links.enums import Purpose
from placements.enums import Status
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.candidates import CandidateFactory, EnrolmentFactory, SkillEvidenceFactory
from tests.factories.employers import EmployerFactory, RoleFactory, RoleSkillFactory
from tests.factories.outcomes import GrantFactory, PublicationFactory
from tests.factories.placements import (
    CheckInFactory,
    InterviewFactory,
    MatchFactory,
    PlacementFactory,
    WageRecordFactory,
)
from tests.factories.providers import CohortFactory, ProgrammeFactory, ProviderFactory

STAGE = ExitStack()
# No test is timed, so none of its tries is: a busy machine is not a wrong answer.
trying.register_profile("unhurried", parent=trying(), deadline=None)
trying.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL and Redis once for all test processes; a given DATABASE_URL is used as it is."""
    if not hasattr(config, "workerinput"):
        STAGE.enter_context(services(VAR, durable=False))


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        STAGE.close()


@pytest.fixture(autouse=True)
def seeded_chance() -> None:
    """Whatever draws lots draws the same ones each time."""
    random.seed(20261124)


def actor_of(membership: Membership) -> Actor:
    """The badge the front desk would print for this member."""
    audience = {
        Kind.ALLIANCE: Audience.BROKER,
        Kind.EMPLOYER: Audience.EMPLOYER,
        Kind.PROVIDER: Audience.PROVIDER,
        Kind.FUNDER: Audience.FUNDER,
    }[Kind(membership.organization.kind)]
    return Actor(
        audience=audience,
        user_id=membership.user_id,
        organization_id=membership.organization_id,
        level=Level(membership.level),
    )


def actor_as(candidate) -> Actor:
    """A candidate who opened their own page."""
    return Actor(
        audience=Audience.CANDIDATE,
        candidate_id=candidate.pk,
        purpose=Purpose.MY_PAGE,
        subject_id=candidate.pk,
    )


def browser_of(membership: Membership, *steps: str) -> Client:
    """A browser in which this member has just signed in: staff with their second step."""
    of_staff = membership.organization.kind == Kind.ALLIANCE
    return signed_in(
        membership.user, *(steps or (("password", "mfa") if of_staff else ("password",)))
    )


def signed_in(user: User, *steps: str) -> Client:
    """A browser in which somebody has just signed in by these steps."""
    client = Client()
    client.force_login(user)
    request = HttpRequest()
    request.session = client.session
    for step in steps:
        record_authentication(request, user, step)
    proof.note_seen(request, at=now())
    if user.memberships.filter(organization__kind=Kind.ALLIANCE).exists():
        proof.note_staff(request)
    request.session.save()
    return client


def browser_with_link(purpose: Purpose, *, subject_id: int, holder_id: int) -> tuple[Client, str]:
    """A browser that followed a link from a letter, and the clean address it landed on."""
    url = links.mint(purpose, subject_id=subject_id, holder_id=holder_id, at=now())
    client = Client()
    response = client.get("/l/" + url.rsplit("/l/")[1])
    return client, response["Location"]


@dataclass
class Cast:
    """One employer, provider and funder with people, a role, matches in every state and a hire."""

    employer: Membership
    provider: Membership
    funder: Membership
    role: object = None
    cohort: object = None
    candidate: object = None
    matches: dict = field(default_factory=dict)
    interview: object = None
    placement: object = None
    wage: object = None
    worker_check_in: object = None
    supervisor_check_in: object = None
    grant: object = None

    @property
    def match(self):
        """The match waiting for the employer's answer."""
        return self.matches[Status.PRESENTED]


def populate() -> Cast:
    """A complete set of organisations: whatever could leak is there to leak."""
    employer = EmployerFactory()
    provider = ProviderFactory()
    funder = OrganizationFactory(kind=Kind.FUNDER)
    cast = Cast(
        employer=MembershipFactory(organization=employer.organization),
        provider=MembershipFactory(organization=provider.organization),
        funder=MembershipFactory(organization=funder),
    )
    cast.cohort = CohortFactory(programme=ProgrammeFactory(provider=provider))
    cast.role = RoleFactory(employer=employer)
    asked = RoleSkillFactory(role=cast.role)
    for status in Status:
        person = CandidateFactory(provider=provider)
        EnrolmentFactory(candidate=person, cohort=cast.cohort)
        SkillEvidenceFactory(candidate=person, skill=asked.skill)
        cast.matches[status] = MatchFactory(role=cast.role, candidate=person, status=status)
    cast.candidate = cast.match.candidate
    cast.interview = InterviewFactory(match=cast.matches[Status.INTERVIEWING])
    cast.placement = PlacementFactory(match=cast.matches[Status.STARTED])
    cast.wage = WageRecordFactory(placement=cast.placement)
    cast.worker_check_in = CheckInFactory(placement=cast.placement)
    cast.supervisor_check_in = CheckInFactory(placement=cast.placement, reporter="supervisor")
    cast.grant = GrantFactory(funder=funder)
    cast.grant.cohorts.add(cast.cohort)
    PublicationFactory(grant=cast.grant)
    return cast


@pytest.fixture
def cast(db: None) -> Cast:
    """Ours."""
    return populate()


@pytest.fixture
def rival(db: None) -> Cast:
    """The neighbours: as full as ours, so that what is not shown could have been."""
    return populate()


@pytest.fixture
def broker_membership(db: None) -> Membership:
    return MembershipFactory(organization=OrganizationFactory(kind=Kind.ALLIANCE))


@pytest.fixture
def broker(broker_membership: Membership) -> Actor:
    return actor_of(broker_membership)


@pytest.fixture
def broker_browser(broker_membership: Membership) -> Client:
    return browser_of(broker_membership)


@pytest.fixture
def employer_browser(cast: Cast) -> Client:
    return browser_of(cast.employer)


@pytest.fixture
def provider_browser(cast: Cast) -> Client:
    return browser_of(cast.provider)


@pytest.fixture
def funder_browser(cast: Cast) -> Client:
    return browser_of(cast.funder)


@pytest.fixture
def at() -> datetime:
    """The moment a test happens at."""
    return now()


def pytest_terminal_summary(terminalreporter) -> None:
    """What the access matrix tried and found, of all test processes together."""
    rounds = [
        figures
        for report in (
            *terminalreporter.getreports("passed"),
            *terminalreporter.getreports("failed"),
        )
        for name, figures in report.user_properties
        if name == "matrix" and report.when == "call"
    ]
    if not rounds:
        return
    patterns, second = (
        {route for figures in rounds for route in figures[sort]}
        for sort in ("patterns", "second_pages")
    )
    total = {
        sort: sum(figures[sort] for figures in rounds)
        for sort in ("requests", "letters", "looks", "leaks")
    }
    terminalreporter.write_line(
        f"Access matrix: {len(patterns)} patterns, {total['requests']} requests,"
        f" {len(second)} second pages, {total['letters']} letters read,"
        f" {total['looks']} looks written down, {total['leaks']} leaks"
    )
