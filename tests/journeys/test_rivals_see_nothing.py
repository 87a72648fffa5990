"""A rival employer, provider and funder, each with data of their own, see none of ours."""

from __future__ import annotations

import json
import re

import psycopg
import pytest

from alliance.engine_room.paths import OWNER, database_url
from tests.journeys import conftest
from tests.openid import SECRET, running, said

pytestmark = pytest.mark.journey

PAGES = {
    "employer": ("", "roles/", "candidates/", "hires/", "sites/", "team/"),
    "provider": (
        "",
        "cohorts/",
        "people/",
        "people/export.csv",
        "answers/",
        "programmes/",
        "team/",
    ),
    "funder": ("", "team/"),
}


@pytest.fixture
def world(house):
    """The database of the running demo, to know what there is to leak."""
    with psycopg.connect(database_url(OWNER, var=conftest.VAR)) as connection:
        yield connection


def home_of(person) -> tuple[str, str]:
    """The address and slug of the organisation whose home this person landed on."""
    found = re.search(r"(/(?:employers|providers|funders)/([\w-]+)/)", person.page.url)
    return found[1], found[2]


def test_rivals_see_nothing(house, somebody, sign_ins, world):
    people = {kind: somebody(kind) for kind in PAGES}
    for kind in ("provider", "funder"):
        people[kind].sign_in(sign_ins[kind]["email"], sign_ins[kind]["password"])
    comes_in_by_their_own_provider(people["employer"], somebody("staff"), sign_ins, world)

    for kind, person in people.items():
        home, slug = home_of(person)
        canaries = canaries_of_others(world, kind, slug)
        assert len(canaries) > 10 or kind == "funder"
        for page in PAGES[kind]:
            body = person.context.request.get(house.url + home + page).text()
            assert [canary for canary in canaries if canary in body] == [], (kind, page)
        assert_foreign_addresses_are_unknown(world, person, kind, slug)
        assert person.status_of("/admin/") == 404
        assert person.status_of("/admin/placements/match/") == 404


def comes_in_by_their_own_provider(person, staff, sign_ins, world) -> None:
    """Staff enter it at the desk; the organisation's sign-in page leads there and back."""
    employer, broker = sign_ins["employer"], sign_ins["broker"]
    address = employer["email"]
    number, slug = world.execute(
        "SELECT o.id, o.slug FROM accounts_organization o JOIN accounts_membership m"
        " ON m.organization_id = o.id JOIN accounts_user u ON u.id = m.user_id"
        " WHERE u.email = %s AND o.kind = 'employer'",
        [address],
    ).fetchone()
    with running() as provider:
        provider.knows(said("rival", email=address))
        staff.sign_in(broker["email"], broker["password"])
        staff.open(f"/admin/accounts/organization/{number}/move/single_sign_on/?next=/admin/")
        staff.page.get_by_label("Address of the provider").fill(provider.address)
        staff.page.get_by_label("Client id").fill("connector")
        staff.page.get_by_label("Client secret").fill(SECRET)
        staff.page.get_by_label("Domains of its addresses").fill(address.rpartition("@")[2])
        staff.press("Set up single sign-on")
        person.open(f"/accounts/sso/of/{slug}/")
        person.page.get_by_role("link", name=re.compile("^Go to the sign-in of")).click()
        person.page.get_by_placeholder("sub").fill("rival")
        person.page.get_by_role("button", name="Authorize").click()
        person.page.wait_for_url(re.compile(f"/employers/{slug}/"))
        assert "/userinfo" in provider.heard


def test_links_of_one_person_open_nothing_of_another(house, somebody, sign_ins, world):
    mine = somebody("candidate")
    mine.open(sign_ins["candidate"]["page"])
    link = re.search(r"/my/([0-9a-f-]{36})/", mine.page.url)[1]
    foreign = world.execute(
        "SELECT m.public_id FROM placements_match m JOIN links_link l ON l.public_id = %s"
        " WHERE m.candidate_id <> l.holder_id AND m.asked_at IS NOT NULL LIMIT 5",
        [link],
    ).fetchall()
    others = world.execute(
        "SELECT public_id FROM links_link WHERE public_id <> %s LIMIT 5", [link]
    ).fetchall()

    assert foreign
    assert [mine.status_of(f"/my/{link}/matches/{match}/") for (match,) in foreign] == [404] * len(
        foreign
    )
    assert {mine.status_of(f"/my/{other}/") for (other,) in others} <= {404}


def canaries_of_others(world, kind: str, slug: str) -> list[str]:
    """E-mail addresses and titles that only others may read."""
    asked = {
        "employer": "SELECT c.email FROM candidates_contact c WHERE c.email <> '' AND NOT EXISTS ("
        " SELECT 1 FROM placements_match m JOIN accounts_organization o ON o.id = m.employer_id"
        " WHERE m.candidate_id = c.candidate_id AND o.slug = %s)",
        "provider": "SELECT c.email FROM candidates_contact c JOIN accounts_organization o"
        " ON o.id = c.provider_id WHERE o.slug <> %s AND c.email <> ''",
        "funder": "SELECT g.name FROM outcomes_grant g JOIN accounts_organization o"
        " ON o.id = g.funder_id WHERE o.slug <> %s",
    }[kind]
    return [row[0] for row in world.execute(asked, [slug]).fetchall()]


def assert_foreign_addresses_are_unknown(world, person, kind: str, slug: str) -> None:
    """At another's address and under the own one, foreign things answer like unknown ones."""
    things = {
        "employer": [
            ("roles", "employers_role", "employer_id"),
            ("candidates", "placements_match", "employer_id"),
            ("slates", "placements_slate", "employer_id"),
            ("hires", "placements_placement", "employer_id"),
        ],
        "provider": [
            ("cohorts", "providers_cohort", "provider_id"),
            ("people", "candidates_candidate", "provider_id"),
        ],
        "funder": [("grants", "outcomes_grant", "funder_id")],
    }[kind]
    for page, table, owner in things:
        key = "slug" if kind == "funder" else "public_id"
        theirs = world.execute(
            f"SELECT o.slug, t.{key} FROM {table} t JOIN accounts_organization o"
            f" ON o.id = t.{owner} WHERE o.slug <> %s ORDER BY t.id LIMIT 3",
            [slug],
        ).fetchall()
        assert theirs
        told = {
            path: person.status_of(path)
            for foreign, thing in theirs
            for path in (
                f"/{kind}s/{foreign}/",
                f"/{kind}s/{foreign}/{page}/{thing}/",
                f"/{kind}s/{slug}/{page}/{thing}/",
            )
        }
        assert told == dict.fromkeys(told, 404), json.dumps(told, indent=1)
