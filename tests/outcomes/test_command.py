"""Does the operator read the very figures of the page?"""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from alliance.lib.calendars import local_date
from alliance.outcomes import facts
from tests.factories.outcomes import GrantFactory

pytestmark = pytest.mark.django_db


def told(*arguments):
    out = io.StringIO()
    call_command("outcomes", *arguments, stdout=out)
    return out.getvalue()


def test_the_json_holds_the_published_figures_of_every_grant(cast, rival):
    grants = json.loads(told("--json"))["grants"]

    assert [grant["slug"] for grant in grants] == sorted([cast.grant.slug, rival.grant.slug])
    report = facts.published([cast.grant], as_of=local_date(now()))[cast.grant]
    (ours,) = [grant for grant in grants if grant["slug"] == cast.grant.slug]
    assert ours["figures"] == [row.plain() for row in report.rows()]
    assert ours["definition"] == list(report.definition.sentences())
    assert (ours["name"], ours["version"]) == (cast.grant.name, 1)


@pytest.mark.parametrize("by", ["slug", "public_id"])
def test_one_grant_is_asked_for_by_its_slug_or_public_id(cast, rival, by):
    (grant,) = json.loads(told(str(getattr(cast.grant, by)), "--json"))["grants"]

    assert grant["slug"] == cast.grant.slug


def test_the_day_can_be_chosen(cast):
    (grant,) = json.loads(told("--as-of", "2025-06-30", "--json"))["grants"]

    figures = {row["key"]: row for row in grant["figures"]}
    assert grant["as_of"] == "2025-06-30"
    assert figures["enrolled"]["numerator"] == 0


def test_people_read_the_same_as_a_table(cast):
    text = told(cast.grant.slug)

    assert f"{cast.grant.name} ({cast.grant.slug}), as of" in text
    assert "Placed so far, of all completers (in progress)" in text
    assert "Version 1 of this grant’s definitions." in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no-such-grant"], "There is no grant 'no-such-grant'. Known grants: first-rung."),
        (["--as-of", "tomorrow"], "'tomorrow' is not a date. Write it like 2026-09-30."),
        (["--as-of", "2999-01-01"], "2999-01-01 has not happened yet."),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence(arguments, sentence):
    GrantFactory(slug="first-rung")

    with pytest.raises(CommandError, match=sentence[:40].replace(".", r"\.")):
        told(*arguments)
