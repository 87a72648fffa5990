"""Nothing is kept longer than was said, and nobody is forgotten without being told."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.links.models import Link
from alliance.outbox.models import Letter
from alliance.outbox.registry import Envelope, Withheld, blank_mint, write
from alliance.records import actions, schedule
from alliance.records.models import Erasure, Request
from candidates.intake.models import Upload
from candidates.models import Candidate
from tests.factories.candidates import CandidateFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def quiet(at):
    """Somebody of long ago."""
    return CandidateFactory(created_at=at - 731 * DAY, agrees=[])


def told(**options):
    call_command("retention", json=True, stdout=(said := StringIO()), **options)
    answer = json.loads(said.getvalue())
    return {one["key"]: one["due"] for one in answer["policies"]}, answer


def test_a_file_nobody_took_goes_after_a_week(person, at):
    assert actions.sweep(at=at + 6 * DAY)["staged_uploads"] == 0
    assert actions.sweep(at=at + 8 * DAY)["staged_uploads"] == 1
    assert not Upload.objects.exists()


def test_letters_links_and_sessions_go_when_their_time_is_over(person, at):
    Session.objects.create(session_key="x", session_data="", expire_date=at)

    swept = actions.sweep(at=at + 400 * DAY)

    assert min(swept["letters"], swept["links"], swept["sessions"]) >= 1
    assert not Link.objects.exists()
    assert not Letter.objects.filter(state="sent").exists()
    assert not Session.objects.exists()


def test_the_clerk_may_do_it(person, quiet, at):
    with acting_as(Persona.CLERK):
        swept = actions.sweep(at=at + 40 * DAY)
        actions.settle(at=at)

    assert swept["staged_uploads"] == 1
    assert swept["notices"] == 1


def test_a_dry_run_tells_and_touches_nothing(person, quiet):
    day = str((now() + 8 * DAY).date())

    due, answer = told(at=day, dry_run=True)

    assert due["staged_uploads"] == 1
    assert answer["notices"] == 1
    assert Upload.objects.exists()
    assert not Request.objects.exists()


def test_who_was_away_is_told_a_month_before_and_then_forgotten(folders, quiet, at):
    actions.sweep(at=at)
    actions.sweep(at=at + DAY)
    [request] = Request.objects.all()
    assert request.due_on == actions.local_date(at + 30 * DAY)
    assert Letter.objects.filter(kind="records.notice").count() == 1
    assert actions.erase_inactive(by=Actor.clock(), at=at + 29 * DAY) == 0

    assert actions.foresee(at=at + 31 * DAY)["people"] == 1
    assert actions.erase_inactive(by=Actor.clock(), at=at + 31 * DAY) == 1

    assert actions.is_erased(Candidate.objects.get(pk=quiet.pk))
    assert Erasure.objects.get().reason == "inactive"
    assert actions.sweep(at=at + 32 * DAY)["notices"] == 0


def test_who_comes_back_stays(quiet, at):
    actions.sweep(at=at)
    quiet.consents.create(scope="matching", text_version="1", language="en", given_at=at + DAY)

    assert actions.sweep(at=at + 2 * DAY)["back"] == 1
    assert actions.erase_inactive(by=Actor.clock(), at=at + 31 * DAY) == 0
    assert not Request.objects.open().exists()


def test_who_has_a_job_or_a_match_or_agreed_lately_is_not_away(cast, at):
    people = Candidate.objects.all()
    people.update(created_at=at - 900 * DAY)

    assert not schedule.inactive(at).exists()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "We are about to forget you"), ("es", "a punto de olvidarte")]
)
def test_the_notice_is_in_their_language(quiet, at, language, words):
    Candidate.objects.filter(pk=quiet.pk).update(language=language)
    actions.sweep(at=at)
    request = Request.objects.get()

    letter = write("records.notice", blank_mint, {"request_id": request.pk})
    actions.keep_after_all(request, by=Actor.clock(), at=at)
    too_late = write("records.notice", blank_mint, {"request_id": request.pk})

    assert isinstance(letter, Envelope)
    assert words in letter.subject
    assert isinstance(too_late, Withheld)
