"""How does one get in? One way for each audience, by whoever has most waiting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.urls import NoReverseMatch, reverse

from alliance.access.actor import Audience, Level
from alliance.access.binding import acting_as
from alliance.access.people import with_people
from alliance.access.personas import Persona
from alliance.accounts.enums import AUDIENCE_OF, Kind
from alliance.accounts.models import Membership, Organization
from alliance.demo import second_step
from alliance.demo.world.build import PASSWORD
from alliance.links import actions as links
from alliance.links.enums import Purpose
from candidates.models import Candidate
from placements.enums import PassReason, Status
from placements.models import Match, MatchQuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Who it is, and what to type or which link to follow."""

    audience: Audience
    name: str
    page: str
    email: str = ""
    password: str = ""
    code: str = ""
    code_page: str = ""


@acting_as(Persona.STAFF)
def sign_ins(at: datetime) -> list[SignIn]:
    """The desk, the busiest employer, the provider with most to learn, a funder, and a candidate."""
    unanswered = Match.objects.filter(status=Status.PRESENTED)
    learned = Match.objects.filter(
        pass_reason=PassReason.SKILL, ended_at__gte=at - timedelta(days=7)
    )
    found = [
        _with_second_step(_owner(Kind.ALLIANCE, None), at),
        _owner(Kind.EMPLOYER, _most(unanswered, "employer_id")),
        _owner(Kind.PROVIDER, _most(learned, "provider_id")),
        _owner(Kind.FUNDER, None),
    ]
    return [*found, *_candidate(at)]


def _with_second_step(way: SignIn, at: datetime) -> SignIn:
    """Staff are asked for the code of an app; the demonstration has it on a page."""
    page = settings.SITE_URL + reverse("demo:code") if settings.DEMO else ""
    return replace(way, code=second_step.code(at).digits, code_page=page)


def _most(matches: MatchQuerySet, side: str) -> int | None:
    """The organisation most of these belong to."""
    counted = matches.values(side).annotate(n=Count("pk")).order_by("-n", side)
    return next((row[side] for row in counted), None)


def _owner(kind: Kind, organization_id: int | None) -> SignIn:
    found = Membership.objects.active().filter(organization__kind=kind, level=Level.OWNER)
    owners = with_people(found.select_related("organization"), "user").order_by("pk")
    if organization_id:
        owners = owners.filter(organization_id=organization_id)
    owner = owners[0]
    return SignIn(
        audience=AUDIENCE_OF[kind],
        name=f"{owner.user.name}, {owner.organization.name}",
        email=owner.user.email,
        password=PASSWORD,
        page=settings.SITE_URL + _home(kind, owner.organization),
    )


def _home(kind: Kind, organization: Organization) -> str:
    if kind is Kind.ALLIANCE:
        return reverse("admin:index")
    try:
        return reverse(f"dashboards:{kind.value}", args=[organization.slug])
    except NoReverseMatch:
        return "/"


def _candidate(at: datetime) -> list[SignIn]:
    """Somebody with a question to answer and the most going on; the link is fresh each time."""
    asked = Match.objects.filter(status=Status.ASKED, candidate_due_at__gt=at)
    person = (
        Candidate.objects.filter(pk__in=asked.values("candidate"))
        .annotate(going_on=Count("matches"))
        .select_related("contact")
        .order_by("-going_on", "pk")
        .first()
    )
    if person is None:
        return []
    link = links.mint(Purpose.MY_PAGE, subject_id=person.pk, holder_id=person.pk, at=at)
    return [SignIn(audience=Audience.CANDIDATE, name=person.contact.name, page=link)]
