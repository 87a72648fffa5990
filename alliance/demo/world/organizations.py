"""Who takes part? The Alliance, employers with sites, providers with cohorts, funders; and their teams."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NamedTuple

from allauth.account.models import EmailAddress

from alliance.access.actor import Actor, Level
from alliance.accounts import actions as accounts
from alliance.accounts.enums import Kind
from alliance.accounts.models import Membership, Organization, User
from alliance.audit.actions import record
from alliance.demo.world.material import Entry, read
from alliance.demo.world.stage import Class, Part, Stage, badge
from alliance.lib.calendars import at_local
from employers import actions as employers
from placements.enums import Evidence
from providers import actions as providers

OPENED = -800
ASKED_FOR_REVIEW = -34
LATELY, AWAY = 20, 118
NOT_REVIEWED = {"columbia-point-bioworks"}
BY_NAME = {
    "quillwork-rna": "Visitors to its site need a badge with their name, made a week before they come."
}
"""Where blindness is lifted, and why."""


class Colleague(NamedTuple):
    """Somebody the material does not name: the desk itself, and people who only look."""

    name: str
    title: str
    email: str
    level: Level


DESK = [
    Colleague("Delia Okonkwo", "Director", "delia.okonkwo@alliance.example", Level.OWNER),
    Colleague("Thomas Brannigan", "Broker", "thomas.brannigan@alliance.example", Level.MEMBER),
    Colleague("Mei-Ling Ashford", "Broker", "mei-ling.ashford@alliance.example", Level.MEMBER),
    Colleague("Rosalía Pimentel", "Broker", "rosalia.pimentel@alliance.example", Level.MEMBER),
    Colleague("Gordon Ives", "Board member", "gordon.ives@alliance.example", Level.VIEWER),
]
ONLOOKERS = {
    "wamesit-biologics": Colleague(
        "Ilse Vandenberg", "Shift lead", "ilse.vandenberg@wamesit-biologics.example", Level.VIEWER
    ),
    "columbia-point-bioworks": Colleague(
        "Perpetua Gomes",
        "Instructor",
        "perpetua.gomes@columbia-point-bioworks.example",
        Level.VIEWER,
    ),
    "city-opportunity-fund": Colleague(
        "Hannah Lindqvist",
        "Auditor",
        "hannah.lindqvist@city-opportunity-fund.example",
        Level.VIEWER,
    ),
}
FRESHLY_INVITED = {
    "wamesit-biologics": Colleague(
        "Solomon Gebre", "Hiring lead", "solomon.gebre@wamesit-biologics.example", Level.MEMBER
    ),
    "columbia-point-bioworks": Colleague(
        "Josette Lacroix",
        "Instructor",
        "josette.lacroix@columbia-point-bioworks.example",
        Level.MEMBER,
    ),
}


def open_everything(stage: Stage) -> None:
    """Every organisation with its team, and what it brings: sites, programmes, cohorts."""
    _alliance(stage)
    for entry in read("employers")["employer"]:
        _employer(stage, entry)
    for entry in read("providers")["provider"]:
        _provider(stage, entry)
    for entry in read("grants")["funder"]:
        _organization(stage, Kind.FUNDER, entry, entry["contacts"])
    User.objects.update(joined_at=stage.at(stage.day(OPENED)))
    Organization.objects.update(created_at=stage.at(stage.day(OPENED)))


def invite_newcomers(stage: Stage) -> None:
    """On the eve two owners ask a colleague to join; the letters are still to be opened."""
    for slug, guest in FRESHLY_INVITED.items():
        owner = next(one for one in stage.teams[slug] if one.level == Level.OWNER)
        accounts.invite(
            owner.organization,
            email=guest.email,
            name=guest.name,
            level=guest.level,
            by=badge(owner),
            at=stage.at(stage.eve, 15),
        )


def review_teams(stage: Stage) -> None:
    """People have been here lately, all but the onlookers; the owners were asked once whether
    their teams are right, and all but one have answered."""
    for number, team in enumerate(stage.teams.values()):
        for place, one in enumerate(team):
            away = AWAY if one.level == Level.VIEWER else (number + 3 * place) % LATELY
            seen = at_local(stage.eve, time(9, 20)) - timedelta(days=away)
            User.objects.filter(pk=one.user_id).update(last_login=seen)
    asked = at_local(stage.day(ASKED_FOR_REVIEW), time(7, 30))
    for slug, (owner, *_others) in stage.teams.items():
        review = accounts.ask_for_review(owner.organization, by=Actor.clock(), at=asked)
        if review is not None and slug not in NOT_REVIEWED:
            accounts.confirm_review(review, by=badge(owner), at=asked + timedelta(days=2))


def _alliance(stage: Stage) -> None:
    """The director is there from the start, for every invitation needs somebody who invites."""
    at = stage.at(stage.day(OPENED), 9)
    alliance = accounts.found(
        kind=Kind.ALLIANCE,
        name="Life Sciences Career Alliance",
        slug="alliance",
        by=Actor.clock(),
        at=at,
    )
    director, *others = DESK
    user = User.objects.create_user(director.email, name=director.name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    first = Membership.objects.create(
        user=user, organization=alliance, level=director.level, title=director.title, started_at=at
    )
    record(verb="join", subject=first, by=badge(first), at=at, level=first.level)
    stage.teams[alliance.slug] = [first]
    for colleague in others:
        _join(stage, alliance, colleague, by=badge(first), at=at + timedelta(hours=1))
    stage.brokers = [badge(one) for one in stage.teams[alliance.slug] if one.level != Level.VIEWER]


def _employer(stage: Stage, entry: Entry) -> None:
    organization, at = _organization(stage, Kind.EMPLOYER, entry, entry["contacts"])
    employer = employers.enroll(organization, about=entry["about"], by=stage.broker(), at=at)
    if reason := BY_NAME.get(entry["slug"]):
        employers.set_blindness(employer, blind=False, reason=reason, by=stage.brokers[0], at=at)
    by = badge(stage.teams[entry["slug"]][0])
    for site in entry["sites"]:
        facts = {name: site[name] for name in ("name", "street", "city")}
        employers.add_site(employer, zip_id=site["zip"], by=by, at=at, **facts)
    zips = {site["name"]: site["zip"] for site in entry["sites"]}
    stage.parts += [
        Part(role, organization, zips[role["site"]])
        for role in read("roles")["role"]
        if role["employer"] == entry["slug"]
    ]


def _provider(stage: Stage, entry: Entry) -> None:
    organization, at = _organization(stage, Kind.PROVIDER, entry, entry["coordinators"])
    provider = providers.enroll(organization, about=entry["about"], by=stage.broker(), at=at)
    by = badge(stage.teams[entry["slug"]][0])
    coordinators = [one["name"] for one in entry["coordinators"]]
    for plan in entry["programme"]:
        programme = providers.add_programme(
            provider,
            teaches=[(stage.skills[one["skill"]], one["level"]) for one in plan["competencies"]],
            by=by,
            at=at,
            **{name: plan[name] for name in ("name", "weeks", "hours", "credential")},
        )
        competencies = list(programme.competencies.select_related("skill"))
        for number, cohort in enumerate(plan["cohorts"], start=1):
            starts_on = stage.day(cohort["starts"])
            row = providers.open_cohort(
                programme,
                name=f"Cohort {number}, {starts_on:%B %Y}",
                starts_on=starts_on,
                ends_on=starts_on + timedelta(weeks=plan["weeks"]),
                by=by,
                at=max(at, stage.at(starts_on - timedelta(days=21))),
            )
            stage.courses.append(
                Class(
                    row,
                    programme,
                    frozenset(plan["leads_to"]),
                    competencies,
                    coordinators,
                    shows_pay_stubs=_asked_for_pay_stubs(entry["slug"], plan["code"]),
                )
            )


def _asked_for_pay_stubs(provider: str, programme: str) -> bool:
    """Whether a grant that pays for this programme believes nothing less."""
    return any(
        grant["evidence"] == Evidence.PAY_STUB
        and provider in grant["providers"]
        and programme in grant["programmes"]
        for grant in read("grants")["grant"]
    )


def _organization(
    stage: Stage, kind: Kind, entry: Entry, contacts: list[Entry]
) -> tuple[Organization, datetime]:
    """The account and its team: the first person named is the owner."""
    at = stage.at(stage.day(OPENED + 2), 10)
    by = stage.broker()
    organization = accounts.found(kind=kind, name=entry["name"], slug=entry["slug"], by=by, at=at)
    stage.teams[organization.slug] = []
    team = [
        Colleague(one["name"], one["title"], one["email"], Level.MEMBER if number else Level.OWNER)
        for number, one in enumerate(contacts)
    ]
    if organization.slug in ONLOOKERS:
        team.append(ONLOOKERS[organization.slug])
    for colleague in team:
        _join(stage, organization, colleague, by=by, at=at)
    return organization, at + timedelta(hours=3)


def _join(
    stage: Stage, organization: Organization, colleague: Colleague, *, by: Actor, at: datetime
) -> None:
    invitation = accounts.invite(
        organization,
        email=colleague.email,
        name=colleague.name,
        level=colleague.level,
        by=by,
        at=at,
    )
    membership = accounts.accept(invitation, at=at + timedelta(hours=2), by=Actor.nobody())
    membership.title = colleague.title
    membership.save(update_fields=["title"])
    stage.teams[organization.slug].append(membership)
