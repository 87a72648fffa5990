"""Whatever a command tells of a confidential kind is written down, and the others tell nothing of it."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands

from alliance.audit.models import AccessRecord
from candidates.sensitive.models import Barrier, FormerWage

pytestmark = pytest.mark.django_db
TOLD = "Sleeps at a friend’s until March"
FORMER_PAY = "31.47"
# What each of our commands is asked here. A new one needs a row.
LOOKS = {"export_subject"}
TELLS_NOTHING = {
    "assign": ["--json"],
    "checkins": ["--json"],
    "draw_lifecycles": ["--check"],
    "messages": ["--check"],
    "outcomes": ["--json"],
    "rank": ["--json"],
    "retention": ["--dry-run"],
    "rotate_seals": [],
    "seal_audit": [],
    "verify_audit": [],
    "walls": ["--json"],
}
# They make or change something of the house, read a file given to them, or erase somebody, and are
# tried where they live: tests/access, tests/candidates, tests/demo, tests/outcomes, tests/records, tests/skills.
ELSEWHERE = {
    "bill_of_materials",
    "draw_walls",
    "ensure_roles",
    "erase_candidate",
    "intake",
    "load_vocabulary",
    "open_house",
    "publish",
    "replay_erasures",
    "seed_demo",
}


@pytest.fixture
def person(cast):
    person = cast.candidate
    own = {"candidate": person, "provider": person.provider}
    Barrier.objects.create(**own, kind="housing", note=TOLD)
    FormerWage.objects.create(**own, hourly=FORMER_PAY, was_working=True)
    return person


def ours():
    labels = {
        config.name for config in apps.get_app_configs() if "site-packages" not in config.path
    }
    return {name for name, app in get_commands().items() if app in labels}


def test_every_command_of_ours_is_among_these():
    assert ours() == {*LOOKS, *TELLS_NOTHING, *ELSEWHERE}


def test_handing_out_what_we_hold_is_a_look(person, tmp_path):
    call_command(
        "export_subject", str(person.pk), "--out", str(tmp_path / "a.zip"), stdout=StringIO()
    )

    look = AccessRecord.objects.get()
    assert (look.candidate_ids, look.by_audience) == ([person.pk], "clock")


@pytest.mark.parametrize("name", sorted(TELLS_NOTHING))
def test_the_others_tell_nothing_that_is_confidential(person, name):
    said = StringIO()

    call_command(name, *TELLS_NOTHING[name], stdout=said, stderr=said)

    for word in (TOLD, FORMER_PAY, person.contact.last_name, person.contact.email):
        assert word not in said.getvalue()
    assert not AccessRecord.objects.exists()
