"""Consent taken back hides at once, at every place where something of a person is told.

Each place is asked before, where it must tell, and after, where it must not.
"""

import re

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.binding import bound
from alliance.links.enums import Purpose
from alliance.outbox import actions as outbox
from alliance.outbox import jobs
from alliance.outbox.models import Letter
from candidates import actions as candidates
from candidates.enums import Scope
from placements.enums import Status
from tests.conftest import actor_as, actor_of, browser_of, browser_with_link
from tests.factories.documents import DocumentFactory
from tests.factories.placements import OfferFactory

pytestmark = pytest.mark.django_db
MET = (Status.MEETING, Status.INTERVIEWING, Status.OFFERED, Status.ACCEPTED, Status.STARTED)


def take_back(candidate, scope=Scope.EMPLOYERS):
    """By the person themselves, with everything that follows."""
    candidates.withdraw(candidate, scope, by=actor_as(candidate), at=now())


def words_of(match):
    """What tells something of this person: who they are, what they can do, what was said of them."""
    contact = match.candidate.contact
    skills = [one.skill.name for one in match.candidate.skills.select_related("skill")]
    return [contact.first_name, contact.last_name, contact.email, match.why, *skills]


def told(text, match):
    """Which of these stand in it. What the role asks for has the skills' names, too."""
    plain = re.sub(r"&#x27;", "'", text)
    return [word for word in words_of(match) if word in plain]


@pytest.fixture
def team(cast):
    for status in MET:  # each its own reason, to be found again
        cast.matches[status].why = f"Careful in state {status}."
        cast.matches[status].save(update_fields=["why"])
    OfferFactory(match=cast.matches[Status.OFFERED])
    return cast.employer


@pytest.fixture
def browser(team):
    return browser_of(team)


def at_employers(cast, name, *args):
    return reverse(name, args=[cast.employer.organization.slug, *args])


def body(browser, url):
    return browser.get(url).content.decode()


# Pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", MET)
@pytest.mark.parametrize("page", ["matches", "home", "slate", "match"])
def test_an_employers_pages_tell_nothing_any_more(cast, browser, page, status):
    match = cast.matches[status]
    address = {
        "matches": at_employers(cast, "placements:matches"),
        "home": at_employers(cast, "dashboards:employer"),
        "slate": at_employers(cast, "placements:slate", match.slate.public_id),
        "match": at_employers(cast, "placements:match", match.public_id),
    }[page]
    contact = match.candidate.contact
    before = body(browser, address)

    take_back(match.candidate)

    after = body(browser, address)
    if page in {"slate", "match"}:
        assert contact.last_name in before
    assert [word for word in told(after, match) if word not in skills_asked_for(match)] == []


def skills_asked_for(match):
    return {ask.skill.name for ask in match.role.skills.select_related("skill")}


def test_what_a_job_was_made_of_stays_and_the_person_does_not(cast, browser):
    """Somebody at work: the match stays the employer's, with nothing on it but that it was."""
    match = cast.matches[Status.STARTED]
    page = at_employers(cast, "placements:match", match.public_id)
    assert skills_asked_for(match)
    assert match.why in body(browser, page)

    take_back(match.candidate)

    after = body(browser, page)
    assert "no longer agrees to be shown" in after
    assert match.why not in after
    assert not any(skill in after for skill in skills_asked_for(match))


def test_a_list_of_hires_and_a_hire_name_nobody(cast, browser):
    name = cast.placement.candidate.contact.name
    pages = [
        at_employers(cast, "placements:hires"),
        at_employers(cast, "placements:hire", cast.placement.public_id),
    ]
    assert all(name in body(browser, page) for page in pages)

    take_back(cast.placement.candidate)

    assert not any(name in body(browser, page) for page in pages)


def test_past_answers_are_out_of_sight(cast, browser):
    match = cast.matches[Status.PASSED]
    page = at_employers(cast, "placements:match", match.public_id)
    assert browser.get(page).status_code == 200

    take_back(match.candidate)

    assert browser.get(page).status_code == 404


# Files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", MET)
def test_the_address_of_a_resume_leads_nowhere(cast, browser, status):
    match = cast.matches[status]
    document = DocumentFactory(candidate=match.candidate)
    address = at_employers(cast, "placements:resume", match.public_id, document.public_id)
    assert browser.get(address).status_code == 200

    take_back(match.candidate)

    assert browser.get(address).status_code == 404


def test_a_calendar_entry_is_gone(cast, browser):
    match = cast.matches[Status.INTERVIEWING]
    address = at_employers(cast, "placements:interview_ics", match.public_id)
    assert browser.get(address).status_code == 200

    take_back(match.candidate)

    assert browser.get(address).status_code == 404


# Letters that wait ---------------------------------------------------------------------------------


def sent(mailoutbox):
    jobs.deliver()
    return [
        f"{letter.subject}\n{letter.body}\n{letter.alternatives}\n{letter.attachments}"
        for letter in mailoutbox
    ]


def queue(kind, **ids):
    outbox.post(kind, key=f"test {kind}", at=now(), **ids)


def test_a_slate_that_waits_leaves_without_whoever_took_back_their_consent(cast, team, mailoutbox):
    first = cast.matches[Status.PRESENTED]
    queue("placements.slate", slate_id=first.slate_id, membership_id=team.pk)

    take_back(first.candidate)

    assert [told(letter, first) for letter in sent(mailoutbox)] == [[]] * len(mailoutbox)
    assert Letter.objects.get(kind="placements.slate").state == "withheld"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("placements.interview_for_team", Status.INTERVIEWING),
        ("placements.accepted", Status.ACCEPTED),
        ("placements.gone", Status.MEETING),
        ("placements.supervisor_check_in", Status.STARTED),
    ],
)
def test_no_letter_to_an_employer_tells_anything_of_them(cast, team, mailoutbox, kind, status):
    match = cast.matches[status]
    ids = {
        "placements.interview_for_team": lambda: {
            "interview_id": cast.interview.pk,
            "membership_id": team.pk,
        },
        "placements.supervisor_check_in": lambda: {"check_in_id": cast.supervisor_check_in.pk},
    }.get(kind, lambda: {"match_id": match.pk, "membership_id": team.pk})()
    queue(kind, **ids)

    take_back(match.candidate)

    ours = [
        letter for letter in sent(mailoutbox) if team.user.email in letter or "ingrid" in letter
    ]
    assert [told(letter, match) for letter in ours] == [[]] * len(ours)
    assert [letter for letter in ours if "accepted your offer" in letter] == []


def test_an_interview_that_is_off_is_said_without_a_word_about_the_person(cast, team, mailoutbox):
    match = cast.matches[Status.INTERVIEWING]

    take_back(match.candidate)

    letters = [letter for letter in sent(mailoutbox) if "Interview off" in letter]
    assert letters
    assert [told(letter, match) for letter in letters] == [[]] * len(letters)


def test_a_supervisors_link_dies(cast):
    browser, page = browser_with_link(
        Purpose.SUPERVISOR_CHECK_IN,
        subject_id=cast.supervisor_check_in.pk,
        holder_id=cast.employer.organization_id,
    )
    first_name = cast.placement.candidate.contact.first_name
    assert first_name in body(browser, page)

    take_back(cast.placement.candidate)

    answer = browser.get(page)
    assert answer.status_code == 404
    assert first_name not in answer.content.decode()


# Staff, the reports, the database --------------------------------------------------------------------


def test_staff_show_nobody_in_the_preview_of_a_letter(cast, broker_browser):
    match = cast.matches[Status.WILLING]
    address = reverse("admin:workbench_slate", args=[cast.role.public_id])
    typed = {"match": [match.public_id], "say": "preview", f"why_{match.pk}": "Careful."}
    assert broker_browser.post(address, typed).status_code == 200

    match.candidate.consents.filter(scope=Scope.EMPLOYERS).update(withdrawn_at=now())

    refused = broker_browser.post(address, typed)
    assert refused.status_code == 422
    assert "no longer agrees to be shown" in refused.content.decode()


def test_whoever_took_back_being_matched_is_put_forward_nowhere(cast, browser):
    match = cast.matches[Status.PRESENTED]
    page = at_employers(cast, "placements:match", match.public_id)
    assert browser.get(page).status_code == 200

    take_back(match.candidate, Scope.MATCHING)

    assert browser.get(page).status_code == 404


@pytest.mark.parametrize("status", MET)
def test_the_database_itself_gives_an_employer_no_name(cast, status):
    person = cast.matches[status].candidate
    name = "SELECT first_name FROM candidates_contact WHERE candidate_id = %s"

    def read():
        with bound(actor_of(cast.employer)), connection.cursor() as cursor:
            cursor.execute(name, [person.pk])
            return cursor.fetchall()

    assert read() == [(person.contact.first_name,)]
    take_back(person)

    assert read() == []


def test_a_provider_and_staff_still_know_their_own(cast, broker_browser):
    """Consent to employers is about employers: who looks after the person goes on doing so."""
    person = cast.matches[Status.MEETING].candidate
    home = reverse("candidates:people", args=[cast.provider.organization.slug])

    take_back(person)

    assert person.contact.last_name in body(browser_of(cast.provider), home)
