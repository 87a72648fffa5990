"""Every letter this house can write, in every language it is written in."""

import re

import pytest

from alliance.access.actor import Actor, Level
from alliance.accounts import actions as accounts
from alliance.accounts.enums import Kind
from alliance.audit import seals
from alliance.outbox.registry import Envelope, blank_mint, kinds, write
from alliance.records.models import Request
from candidates.enums import Language
from candidates.sensitive.models import Barrier, FormerWage
from placements.enums import Status
from placements.models import Match
from tests.conftest import actor_of
from tests.factories.accounts import MembershipFactory
from tests.factories.placements import OfferFactory
from tests.factories.skills import SkillFactory

TO_CANDIDATES = {
    "candidates.consent",
    "placements.ask",
    "placements.meet",
    "placements.passed",
    "placements.role_ended",
    "placements.expired",
    "placements.ask_again",
    "placements.offer",
    "placements.interview",
    "placements.worker_check_in",
    "records.notice",
}
BEFORE_REVEAL = {"placements.slate", "placements.interview_for_team", "placements.gone"}
# Said of how many people, and of none of them.
OF_NUMBERS = {"placements.answer_due", "placements.lapsed"}


@pytest.fixture
def ids(cast, at):
    """What each letter is about, as the outbox would keep it."""
    passed = cast.matches[Status.PASSED]
    Match.objects.filter(pk=passed.pk).update(pass_reason="skill", pass_skill=SkillFactory())
    offer = OfferFactory(match=cast.matches[Status.OFFERED])
    asked = accounts.invite(
        cast.employer.organization,
        email="new@example.test",
        name="New",
        level=Level.MEMBER,
        by=actor_of(cast.employer),
        at=at,
    )
    review = accounts.ask_for_review(cast.employer.organization, by=Actor.clock(), at=at)
    slate = cast.match.slate
    slate.note = "All three can start in May."
    slate.save()
    Match.objects.filter(pk=cast.matches[Status.ASKED].pk).update(candidate_reminded_at=at)
    Match.objects.filter(pk=cast.match.pk).update(employer_reminded_at=at)
    Match.objects.filter(pk=cast.matches[Status.EXPIRED].pk).update(slate=slate)
    about_to_be_forgotten = Request.objects.create(
        candidate=cast.candidate, reason="inactive", asked_at=at, due_on=at.date()
    )
    team = {"membership_id": cast.employer.pk}
    provider = {"membership_id": cast.provider.pk}
    staff = {"membership_id": MembershipFactory(organization__kind=Kind.ALLIANCE).pk}
    return {
        "accounts.invitation": {"invitation_id": asked.pk},
        "accounts.invitation_lapsed": {"invitation_id": asked.pk} | team,
        "accounts.access_review": {"review_id": review.pk} | team,
        "employers.role_approved": {"role_id": cast.role.pk} | team,
        "employers.role_returned": {"role_id": cast.role.pk} | team,
        "candidates.consent": {"candidate_id": cast.candidate.pk},
        "placements.ask": {"match_id": cast.matches[Status.ASKED].pk},
        "placements.slate": {"slate_id": slate.pk} | team,
        "placements.meet": {"match_id": cast.matches[Status.MEETING].pk},
        "placements.passed": {"match_id": passed.pk},
        "placements.role_ended": {"match_id": cast.matches[Status.ROLE_ENDED].pk},
        "placements.expired": {"match_id": cast.matches[Status.EXPIRED].pk},
        "placements.expired_for_provider": {"match_id": cast.matches[Status.EXPIRED].pk} | provider,
        "placements.ask_again": {"candidate_id": cast.matches[Status.ASKED].candidate_id},
        "placements.answer_due": {"employer_id": cast.role.employer_id} | team,
        "placements.lapsed": {"slate_id": slate.pk} | team,
        "placements.offer": {"match_id": offer.pk},
        "placements.interview": {"interview_id": cast.interview.pk},
        "placements.interview_for_team": {"interview_id": cast.interview.pk} | team,
        "placements.accepted": {"match_id": cast.matches[Status.ACCEPTED].pk} | team,
        "placements.gone": {"match_id": cast.matches[Status.DECLINED].pk} | team,
        "placements.answer_for_provider": {"match_id": passed.pk} | provider,
        "placements.role_ended_for_provider": {"match_id": passed.pk} | provider,
        "placements.worker_check_in": {"check_in_id": cast.worker_check_in.pk},
        "brokering.seal": {"seal_id": seals.put(at=at).pk} | staff,
        "records.notice": {"request_id": about_to_be_forgotten.pk},
        "placements.supervisor_check_in": {"check_in_id": cast.supervisor_check_in.pk},
    }


def everybody_reads(cast, language):
    for match in cast.matches.values():
        match.candidate.language = language
        match.candidate.save()


@pytest.mark.parametrize("kind", kinds())
def test_every_letter_is_whole_in_text_and_in_html(ids, kind):
    letter = write(kind, blank_mint, ids[kind])

    assert isinstance(letter, Envelope), letter
    assert letter.subject
    assert "\n" not in letter.subject
    assert "http://127.0.0.1" in letter.text
    assert "http://127.0.0.1" in letter.html
    assert not re.search(r"&#|&amp;|{%|{{|<p>", letter.subject + letter.text)
    assert "\n\n\n" not in letter.text


@pytest.mark.parametrize("kind", sorted(TO_CANDIDATES))
def test_a_candidates_letter_is_in_their_language(cast, ids, kind):
    everybody_reads(cast, Language.ENGLISH)
    english = write(kind, blank_mint, ids[kind])
    everybody_reads(cast, Language.SPANISH)

    spanish = write(kind, blank_mint, ids[kind])

    assert (spanish.language, english.language) == ("es", "en")
    assert "Hola Xiomara" in spanish.text
    assert '<html lang="es"' in spanish.html
    left = _sentences(english) & _sentences(spanish)
    assert left == set(), left


def _sentences(letter):
    """Lines of a letter that are words, not names and addresses."""
    lines = [letter.subject, *letter.text.splitlines()]
    return {line for line in lines if len(line.split()) > 4 and "http" not in line}


@pytest.mark.parametrize("kind", sorted(BEFORE_REVEAL | OF_NUMBERS | {"placements.accepted"}))
def test_an_employers_letter_never_says_who_somebody_is(cast, ids, kind):
    for match in cast.matches.values():
        Barrier.objects.create(
            candidate=match.candidate, provider=match.provider, kind="child_care", note="Twins"
        )
        FormerWage.objects.create(
            candidate=match.candidate, provider=match.provider, hourly="17.77", was_working=True
        )

    letter = write(kind, blank_mint, ids[kind])

    said = letter.subject + letter.text + letter.html
    assert ("Candidate " in said) is (kind not in OF_NUMBERS)
    for secret in ("Xiomara", "Quintanilla", "xiomara", "555", "02118", "Twins", "17.77"):
        assert secret not in said


def test_a_cancelled_interview_says_so(cast, ids, at):
    cast.interview.cancelled_at = at
    cast.interview.save()

    letter = write("placements.interview", blank_mint, ids["placements.interview"])

    assert letter.subject.endswith("is off")
    assert "will not take place" in letter.text
    assert "METHOD:CANCEL" in letter.attachments[0].content


def test_a_letter_before_the_first_day_asks_about_the_way_there(cast, ids):
    cast.worker_check_in.day = -3
    cast.worker_check_in.save()

    letter = write("placements.worker_check_in", blank_mint, ids["placements.worker_check_in"])

    assert "You start soon" in letter.subject


def test_a_provider_learns_the_reason_and_the_skill(cast, ids):
    letter = write(
        "placements.answer_for_provider", blank_mint, ids["placements.answer_for_provider"]
    )

    skill = Match.objects.get(pk=cast.matches[Status.PASSED].pk).pass_skill
    assert f"A skill is missing or too light: {skill.name}" in letter.text
    assert "Xiomara" in letter.subject
