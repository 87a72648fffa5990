"""Skills first, unless the Alliance lifted it for an employer and the person said yes to that, for that job."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.binding import acting_as, bound
from alliance.access.personas import Persona
from alliance.audit.models import Event
from alliance.links.enums import Purpose
from alliance.outbox.registry import blank_mint
from candidates.models import Contact
from employers import actions as employers
from employers.models import Blindness, Employer
from placements import letters, policy
from placements.actions import matches
from placements.enums import Status
from placements.models import Match, Sight
from tests.conftest import actor_as, actor_of, browser_of, browser_with_link

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def decide(cast, broker, *, blind, at=MONDAY, reason="The pilot asks for names."):
    employer = Employer.objects.get(pk=cast.role.employer_id)
    return employers.set_blindness(employer, blind=blind, reason=reason, by=broker, at=at)


@pytest.fixture
def lifted(cast, broker):
    decide(cast, broker, blind=False)


def asked(cast, broker):
    return matches.ask(cast.matches[Status.SHORTLISTED], by=broker, at=MONDAY)


def presented(cast, broker, *, by_name):
    match = asked(cast, broker)
    match = matches.agree(match, by_name=by_name, by=actor_as(match.candidate), at=MONDAY)
    matches.present([match], whys={}, by=broker, at=MONDAY)
    return Match.objects.with_faces().get(pk=match.pk)


def contact_seen(cast, match):
    with bound(actor_of(cast.employer)):
        return Contact.objects.filter(candidate_id=match.candidate_id).exists()


def page(cast, match):
    slug = cast.employer.organization.slug
    url = reverse("placements:slate", args=[slug, match.slate.public_id])
    return browser_of(cast.employer).get(url).content.decode()


def test_everybody_is_blind_where_nobody_decided(cast, broker):
    match = presented(cast, broker, by_name=True)

    assert (match.asks_name, match.name_agreed_at, match.named) == (False, None, False)
    assert not contact_seen(cast, match)
    assert match.candidate.contact.last_name not in page(cast, match)


def test_each_decision_is_kept_with_its_reason_and_whoever_made_it(cast, broker):
    decide(cast, broker, blind=False)
    decide(cast, broker, blind=False, reason="Again.")
    decide(cast, broker, blind=True, at=MONDAY + timedelta(days=1), reason="The pilot is over.")

    kept = [(one.blind, one.reason, one.by_id) for one in Blindness.objects.order_by("pk")]
    trail = Event.objects.filter(verb__in=["blind", "lift_blindness"]).order_by("pk")
    assert kept == [
        (False, "The pilot asks for names.", broker.user_id),
        (True, "The pilot is over.", broker.user_id),
    ]
    assert [one.details["reason"] for one in trail] == [reason for _, reason, _ in kept]
    assert not Blindness.objects.lifted_for([cast.role.employer_id])


def test_only_staff_decide(cast):
    with pytest.raises(PermissionDenied, match="Only Alliance staff"):
        decide(cast, actor_of(cast.employer), blind=False)


@pytest.mark.usefixtures("lifted")
def test_whoever_says_yes_to_it_is_seen_by_name_from_the_start(cast, broker):
    match = presented(cast, broker, by_name=True)

    assert match.name_agreed_at == MONDAY
    assert match.named
    assert contact_seen(cast, match)
    assert Sight.objects.get(pk=match.pk).named
    assert policy.reveals(actor_of(cast.employer), match)
    assert match.candidate.contact.last_name in page(cast, match)


@pytest.mark.usefixtures("lifted")
def test_whoever_says_yes_without_it_is_seen_skills_first(cast, broker):
    match = presented(cast, broker, by_name=False)

    assert match.asks_name
    assert not match.named
    assert not contact_seen(cast, match)
    assert match.candidate.contact.last_name not in page(cast, match)


@pytest.mark.usefixtures("lifted")
def test_lifting_it_shows_nobody_who_was_asked_before(cast, broker):
    willing = cast.matches[Status.WILLING]

    matches.present([willing], whys={}, by=broker, at=MONDAY)

    assert not contact_seen(cast, willing)
    assert not contact_seen(cast, cast.matches[Status.PRESENTED])


@pytest.mark.usefixtures("lifted")
def test_taken_back_before_the_slate_leaves_it_is_skills_first_again(cast, broker):
    match = asked(cast, broker)
    match = matches.agree(match, by_name=True, by=actor_as(match.candidate), at=MONDAY)
    decide(cast, broker, blind=True, at=MONDAY + timedelta(hours=1))

    matches.present([match], whys={}, by=broker, at=MONDAY + timedelta(hours=2))

    assert not contact_seen(cast, match)


@pytest.mark.usefixtures("lifted")
def test_not_this_time_and_consent_taken_back_close_the_name_again(cast, broker):
    passed, gone = presented(cast, broker, by_name=True), cast.matches[Status.PASSED]
    passed.candidate.consents.filter(scope="employers").update(withdrawn_at=now())

    assert not contact_seen(cast, passed)
    assert not contact_seen(cast, gone)
    passed.candidate.consents.filter(scope="employers").update(withdrawn_at=None)
    matches.pass_on(passed, reason="experience", by=actor_of(cast.employer), at=MONDAY)
    assert not contact_seen(cast, passed)


@pytest.mark.usefixtures("lifted")
def test_undoing_the_question_and_the_slate_undoes_the_name(cast, broker):
    match = matches.unask(asked(cast, broker), by=broker, at=MONDAY)
    assert not match.asks_name

    match = presented(cast, broker, by_name=True)
    matches.unpresent(match.slate, by=broker, at=MONDAY)
    assert not Match.objects.get(pk=match.pk).named
    assert not contact_seen(cast, match)


def answering(match):
    return browser_with_link(Purpose.ANSWER, subject_id=match.pk, holder_id=match.candidate_id)


@pytest.mark.parametrize(("typed", "by_name"), [({}, False), ({"by_name": "on"}, True)])
@pytest.mark.usefixtures("lifted")
def test_the_page_asks_and_stores_what_was_said(cast, broker, typed, by_name):
    match = asked(cast, broker)
    browser, url = answering(match)

    text = browser.get(url).content.decode()
    browser.post(url, {"say": "agree", **typed})

    assert "asks to see your name, e-mail, phone number and résumé" in text
    assert "Yes, and it may see my name" in text
    match.refresh_from_db()
    assert match.status == Status.WILLING
    assert (match.name_agreed_at is not None) is by_name


def test_whoever_was_not_asked_for_their_name_gives_none(cast):
    match = cast.matches[Status.ASKED]
    browser, url = answering(match)

    text = browser.get(url).content.decode()
    browser.post(url, {"say": "agree", "by_name": "on"})

    assert "without your name" in text
    assert "may see my name" not in text
    match.refresh_from_db()
    assert (match.status, match.name_agreed_at) == (Status.WILLING, None)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "This employer asks to see your name"), ("es", "Esta empresa pide ver tu nombre")],
)
@pytest.mark.usefixtures("lifted")
def test_the_letter_says_that_this_employer_asks_for_names(cast, broker, language, words):
    match = asked(cast, broker)
    match.candidate.language = language
    match.candidate.save()

    letter = letters.compose_ask(Match.objects.with_faces().get(pk=match.pk), mint=blank_mint)

    assert words in letter.text
    assert words in letter.html


@pytest.mark.usefixtures("lifted")
def test_the_employers_letter_names_nobody_and_says_where_names_are(cast, broker):
    match = presented(cast, broker, by_name=True)

    letter = letters.slate(blank_mint, match.slate_id, cast.employer.pk)

    assert "where they agreed to that" in letter.text
    assert match.candidate.contact.last_name not in letter.text


def test_the_database_names_nobody_whom_the_employer_would_see_skills_first(cast):
    match = cast.matches[Status.PRESENTED]

    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.filter(pk=match.pk).update(asks_name=True, name_agreed_at=MONDAY, named=True)


@pytest.mark.usefixtures("lifted")
def test_the_database_names_nobody_who_did_not_say_so(cast):
    match = cast.matches[Status.PRESENTED]

    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.filter(pk=match.pk).update(named=True)


@pytest.mark.usefixtures("lifted")
def test_an_employer_cannot_say_yes_for_somebody_and_reads_no_decision(cast):
    with bound(actor_of(cast.employer)):
        with pytest.raises(DatabaseError), transaction.atomic():
            Match.objects.filter(pk=cast.matches[Status.PRESENTED].pk).update(
                asks_name=True, name_agreed_at=MONDAY, named=True
            )
        with pytest.raises(ProgrammingError), transaction.atomic():
            Blindness.objects.exists()


def test_nobody_edits_a_decision(cast, broker):
    decide(cast, broker, blind=False)

    with acting_as(Persona.STAFF), pytest.raises(ProgrammingError), transaction.atomic():
        Blindness.objects.update(blind=True)


def test_staff_lift_it_on_the_employers_page_with_a_reason(cast, broker_browser):
    record = reverse("admin:employers_employer_change", args=[cast.role.employer_id])
    step = reverse("admin:employers_employer_move", args=[cast.role.employer_id, "lift_blindness"])

    without = broker_browser.post(step, {})
    done = broker_browser.post(step, {"reason": "They hire by name in the pilot."}, follow=True)

    assert without.status_code == 422
    assert "Let it ask for names" in broker_browser.get(step).content.decode()
    assert done.status_code == 200
    text = broker_browser.get(record).content.decode()
    assert "They hire by name in the pilot." in text
    assert "Skills first again" in text
