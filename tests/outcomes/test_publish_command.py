"""Can the operator publish what is due, and read what was published?"""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from alliance.outcomes.models import HouseFigures, Publication
from tests.factories.outcomes import GrantFactory

pytestmark = pytest.mark.django_db


def told(*arguments):
    out = io.StringIO()
    call_command("publish", *arguments, stdout=out)
    return out.getvalue()


def test_everything_due_is_published_and_named():
    GrantFactory(name="First Rung")

    lines = told().splitlines()

    assert lines[0] == "Published First Rung, as of March 31, 2025."
    assert len(lines) == Publication.objects.count() == 6
    assert HouseFigures.objects.count() == 1
    assert told() == "Nothing is due: everything is published already.\n"


def test_one_grant_and_one_day_can_be_named():
    GrantFactory(slug="first-rung")
    GrantFactory()

    (made,) = json.loads(told("first-rung", "--as-of", "2025-06-30", "--json"))["published"]

    kept = Publication.objects.get()
    assert (made["slug"], made["as_of"], made["standing"]) == ("first-rung", "2025-06-30", {})
    assert made["figures"] == [row.plain() for row in kept.report.rows()]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no-such-grant"], "There is no grant 'no-such-grant'. Known grants: first-rung."),
        (["--as-of", "tomorrow"], "'tomorrow' is not a date. Write it like 2026-09-30."),
        (["--as-of", "2025-06-29"], "is not published as of 2025-06-29"),
    ],
)
def test_what_cannot_be_published_is_refused_in_a_sentence(arguments, sentence):
    GrantFactory(slug="first-rung")

    with pytest.raises(CommandError) as refusal:
        told(*arguments)

    assert sentence in str(refusal.value)
