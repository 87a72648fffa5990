"""Is the demonstration's material sound: fictional, varied, and true to the vocabulary?"""

import csv
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ALLIANCE = Path(__file__).resolve().parents[2] / "alliance"
MATERIAL = ALLIANCE / "demo" / "material"
VOCABULARY = ALLIANCE / "skills" / "vocabulary"


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


SKILLS = {skill["code"] for skill in read(VOCABULARY / "skills.toml")["skill"]}
OCCUPATIONS = {row["code"] for row in read(VOCABULARY / "occupations.toml")["occupation"]}
with (VOCABULARY / "zips.csv").open(encoding="utf-8", newline="") as lines:
    PLACES = {row["zip"]: row["place"] for row in csv.DictReader(lines)}
EMPLOYERS = {row["slug"]: row for row in read(MATERIAL / "employers.toml")["employer"]}
PROVIDERS = {row["slug"]: row for row in read(MATERIAL / "providers.toml")["provider"]}
PROGRAMMES = {row["code"]: row for one in PROVIDERS.values() for row in one["programme"]}
COHORTS = [
    {**cohort, "ends": cohort["starts"] + 7 * programme["weeks"]}
    for programme in PROGRAMMES.values()
    for cohort in programme["cohorts"]
]
ROLES = read(MATERIAL / "roles.toml")["role"]
FUNDING = read(MATERIAL / "grants.toml")
GROUPS = read(MATERIAL / "names.toml")["group"]
PEOPLE = read(MATERIAL / "people.toml")


def test_there_are_twelve_employers_with_sites_contacts_and_known_occupations():
    assert len(EMPLOYERS) == 12
    for employer in EMPLOYERS.values():
        assert employer["contacts"], employer["slug"]
        assert 1 <= len(employer["sites"]) <= 3, employer["slug"]
        assert employer["asks_degrees"] in {"never", "sometimes", "often", "always"}
        assert {hire["occupation"] for hire in employer["hires"]} <= OCCUPATIONS


def test_every_site_stands_in_a_known_zip_of_its_city():
    sites = [site for employer in EMPLOYERS.values() for site in employer["sites"]]

    assert all(PLACES[site["zip"]].split(" (")[0] == site["city"] for site in sites)
    assert all(provider["zip"] in PLACES for provider in PROVIDERS.values())


def test_all_pay_is_a_range_above_the_state_minimum_wage():
    ranges = [hire for employer in EMPLOYERS.values() for hire in employer["hires"]] + ROLES

    assert all(15 < pay["pay_min"] <= pay["pay_max"] < 60 for pay in ranges)
    assert all(pay["pay_max"] / pay["pay_min"] <= 1.5 for pay in ranges)


def test_there_are_six_providers_with_thirty_cohorts_of_about_six_hundred_people():
    assert len(PROVIDERS) == 6
    assert len(PROGRAMMES) == sum(len(provider["programme"]) for provider in PROVIDERS.values())
    assert len(COHORTS) == 30
    assert 550 <= sum(cohort["size"] for cohort in COHORTS) <= 650


def test_cohorts_lie_within_twenty_six_months_and_two_or_three_finish_soon():
    soon = [cohort for cohort in COHORTS if 0 < cohort["ends"] <= 45]

    assert all(-792 <= cohort["starts"] < 0 for cohort in COHORTS)
    assert len(soon) in {2, 3}


def test_every_competency_is_a_known_skill_at_a_known_level_once_per_programme():
    for programme in PROGRAMMES.values():
        taught = [row["skill"] for row in programme["competencies"]]
        assert set(taught) <= SKILLS, programme["code"]
        assert len(set(taught)) == len(taught) >= 8, programme["code"]
        assert {row["level"] for row in programme["competencies"]} <= {1, 2, 3, 4}
        assert set(programme["leads_to"]) <= OCCUPATIONS, programme["code"]


def test_there_are_eighty_roles_at_sites_and_in_occupations_of_their_employer():
    assert len(ROLES) == 80
    for role in ROLES:
        employer = EMPLOYERS[role["employer"]]
        assert role["site"] in {site["name"] for site in employer["sites"]}, role["title"]
        assert role["occupation"] in {hire["occupation"] for hire in employer["hires"]}, role[
            "title"
        ]
    assert len({(role["employer"], role["title"]) for role in ROLES}) == 80


def test_every_role_asks_five_to_nine_known_skills_with_some_it_cannot_do_without():
    for role in ROLES:
        asked = [row["skill"] for row in role["skills"]]
        assert set(asked) <= SKILLS, role["title"]
        assert 5 <= len(set(asked)) == len(asked) <= 9, role["title"]
        assert {row["need"] for row in role["skills"]} == {"must", "nice"}, role["title"]
        assert {row["level"] for row in role["skills"]} <= {1, 2, 3, 4}, role["title"]


def test_a_degree_is_asked_for_with_a_reason_and_in_every_strictness():
    asking = [role for role in ROLES if role["education"] != "none"]

    assert all(0 < len(role["education_reason"]) <= 300 for role in asking)
    assert {role["education_demand"] for role in asking} == {"required", "preferred", "experience"}
    assert {role["education"] for role in ROLES} == {
        "none", "high_school", "certificate", "associate", "bachelor",
    }  # fmt: skip


def test_roles_stand_in_every_state_and_have_room_for_two_years_of_placements():
    standing = Counter(role["standing"] for role in ROLES)
    room = sum(role["openings"] for role in ROLES if role["standing"] == "filled")

    assert set(standing) == {"filled", "open", "closed", "submitted", "draft"}
    assert standing["open"] >= 30
    assert room >= 240
    assert all(bool(role["close_reason"]) == (role["standing"] == "closed") for role in ROLES)
    assert all(-792 < role["posted"] < 0 for role in ROLES)


def test_descriptions_hold_only_the_simple_tags_of_a_role():
    tags = {
        tag for role in ROLES for tag in re.findall(r"</?([a-z0-9]+)[^>]*>", role["description"])
    }

    assert tags == {"p", "ul", "li", "strong"}
    assert len({role["description"] for role in ROLES}) == len(ROLES)


def test_programmes_cover_some_roles_wholly_some_partly_and_some_hardly():
    best = [max(covered(role, programme) for programme in PROGRAMMES.values()) for role in ROLES]

    assert sum(share == 1 for share in best) >= 10
    assert sum(0.3 < share < 1 for share in best) >= 25
    assert sum(share <= 0.3 for share in best) >= 3


def covered(role: dict[str, Any], programme: dict[str, Any]) -> float:
    """The share of a role's must-have skills that a programme teaches to the level asked."""
    taught = {row["skill"]: row["level"] for row in programme["competencies"]}
    musts = [row for row in role["skills"] if row["need"] == "must"]
    return sum(taught.get(row["skill"], 0) >= row["level"] for row in musts) / len(musts)


def test_three_grants_of_three_funders_differ_in_every_rule_that_matters():
    grants = FUNDING["grant"]

    assert len(grants) == len({grant["funder"] for grant in grants}) == 3
    assert {grant["funder"] for grant in grants} == {row["slug"] for row in FUNDING["funder"]}
    for rule in ["placement_days", "min_hours", "min_wage", "evidence", "retention_basis"]:
        assert len({grant[rule] for grant in grants}) == 3, rule
    assert {grant["suppress_below"] for grant in grants} == {10, 11}
    assert {grant["training_related"] for grant in grants} == {True, False}
    assert {grant["boston_resident"] for grant in grants} == {True, False}


def test_grants_pay_for_programmes_of_the_providers_they_name():
    for grant in FUNDING["grant"]:
        offered = {
            row["code"] for slug in grant["providers"] for row in PROVIDERS[slug]["programme"]
        }
        assert set(grant["programmes"]) <= offered, grant["code"]
        assert grant["starts"] < 0 < grant["ends"] < grant["outcomes_until"], grant["code"]
        assert grant["target_placed"] <= grant["target_completed"] <= grant["target_enrolled"]


def test_names_are_many_and_not_all_ascii():
    first = {name for group in GROUPS for name in group["first"]}
    last = {name for group in GROUPS for name in group["last"]}

    assert min(len(first), len(last)) >= 120
    assert sum(not name.isascii() for name in first | last) >= 40
    assert all(group["weight"] > 0 and group["languages"] for group in GROUPS)


@pytest.mark.parametrize("kind", ["barrier", "separation"])
def test_barriers_and_separations_have_codes_once_and_weights(kind):
    rows = PEOPLE[kind]

    assert len({row["code"] for row in rows}) == len(rows) >= 8
    assert all(row["weight"] > 0 for row in rows)


def test_workers_comment_in_english_and_spanish_and_supervisors_in_english_in_every_mood():
    said = {(row["by"], row["language"], row["mood"]) for row in PEOPLE["comment"]}

    assert said == {
        (by, language, mood)
        for by, language in [("worker", "en"), ("worker", "es"), ("supervisor", "en")]
        for mood in ["good", "mixed", "worrying"]
    }
    assert len(set(PEOPLE["supervisors"])) >= 40


def test_nobody_and_nothing_here_can_be_reached():
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(MATERIAL.glob("*.toml")))

    hosts = re.findall(r"(?:https?://|@)([\w.-]+)", text)
    numbers = re.findall(r"\b\d{3}-\d{3}-\d{4}\b", text)

    assert len(hosts) > 30
    assert all(host.endswith(".example") for host in hosts)
    assert len(set(numbers)) == len(numbers) > 20
    assert all(number.startswith("617-555-01") for number in numbers)
