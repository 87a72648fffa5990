"""Two records of one person become one, and nothing that named the other is lost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.binding import bound
from alliance.audit.models import Event
from alliance.lib.lifecycle import WrongMoment
from alliance.links import actions as links
from alliance.links.enums import Purpose
from alliance.links.models import Link
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from alliance.records import joining
from alliance.records.models import Joined, Request
from candidates.enums import Scope
from candidates.intake.models import Note
from candidates.models import Candidate, Contact, Credential, Lookalike, SkillEvidence
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from placements.enums import Status
from placements.models import Match, Placement
from tests.conftest import actor_of
from tests.factories.candidates import (
    CandidateFactory,
    ConsentFactory,
    EnrolmentFactory,
    LookalikeFactory,
    SkillEvidenceFactory,
)
from tests.factories.documents import DocumentFactory
from tests.factories.intake import UploadFactory
from tests.factories.placements import MatchFactory, PlacementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stays():
    return CandidateFactory()


@pytest.fixture
def goes(stays):
    return CandidateFactory(provider=stays.provider, contact__phone="+16175550199")


def join(stays, goes, broker, *taken):
    return joining.join(stays, goes, taken=taken, by=broker, at=now())


def fill(person):
    """A row in every table that names a person."""
    at, provider = now(), person.provider
    match = MatchFactory(candidate=person, status=Status.STARTED)
    PlacementFactory(match=match)
    EnrolmentFactory(candidate=person, cohort__programme__provider=provider)
    SkillEvidenceFactory(candidate=person)
    Credential.objects.create(candidate=person, name="OSHA 10")
    LookalikeFactory(one=person)
    Demographics.objects.create(
        candidate=person, provider=provider, groups=["asian"], birth_year=1990
    )
    Barrier.objects.create(candidate=person, provider=provider, kind="transport", note="No bus")
    FormerWage.objects.create(candidate=person, provider=provider, was_working=False)
    DocumentFactory(candidate=person)
    Note.objects.create(candidate=person, provider=provider, heading="town", text="Chelsea")
    upload = UploadFactory(cohort__programme__provider=provider)
    upload.rows.create(provider=provider, number=200, cells="{}", candidate=person)
    Request.objects.create(candidate=person, reason="asked", asked_at=at, due_on=at.date())
    Joined.objects.create(
        person=person, former_id=10_000_000 + person.pk, former_public_id=uuid4(), at=at
    )
    links.mint(Purpose.MY_PAGE, subject_id=person.pk, holder_id=person.pk, at=at)
    Letter.objects.create(
        kind="candidates.consent",
        ids={"candidate_id": person.pk},
        dedupe_key=f"c{person.pk}",
        due_at=at,
        queued_at=at,
    )


def test_every_table_that_names_a_person_knows_how_its_rows_move():
    named = {model for model, _column in joining.pointers()}

    assert named <= set(joining.MOVES)
    assert {Match, Placement, Contact, Lookalike} <= named


def test_whatever_names_the_other_comes_to_name_the_one_that_stays(stays, goes, broker):
    fill(goes)
    before = {
        (model, name): model._default_manager.filter(**{name: goes.pk}).count()
        for model, name in joining.pointers()
    }
    assert [pair for pair, number in before.items() if not number] == [(Lookalike, "other")]

    with bound(broker):
        join(stays, goes, broker)

    assert not Candidate.objects.filter(pk=goes.pk).exists()
    assert joining.left_behind(goes) == []
    for model, name in before:
        if model is not Lookalike:
            assert model._default_manager.filter(**{name: stays.pk}).exists(), model
    assert Lookalike.objects.count() == 1
    assert Link.objects.get(purpose=Purpose.MY_PAGE).subject_id == stays.pk
    assert Letter.objects.get(state=State.PENDING, kind="candidates.consent").ids == {
        "candidate_id": stays.pk
    }


def test_what_is_sealed_opens_at_its_new_place(stays, goes, broker):
    fill(goes)

    join(stays, goes, broker, "phone")

    assert Barrier.objects.get(candidate=stays).note == "No bus"
    assert Note.objects.get(candidate=stays).text == "Chelsea"
    assert Demographics.objects.get(candidate=stays).birth_year == 1990
    assert Contact.objects.get(candidate=stays).phone == "+16175550199"


def test_where_both_have_one_nothing_is_lost_and_nothing_doubled(stays, goes, broker):
    fill(stays)
    fill(goes)
    mine = SkillEvidenceFactory(candidate=stays, level=1)
    SkillEvidenceFactory(candidate=goes, skill=mine.skill, level=3)
    Barrier.objects.filter(candidate=goes).delete()
    Barrier.objects.create(
        candidate=goes, provider=goes.provider, kind="transport", note="Car is broken"
    )

    join(stays, goes, broker)

    assert SkillEvidence.objects.get(candidate=stays, skill=mine.skill).level == 3
    assert Barrier.objects.get(candidate=stays).note == "No bus\nCar is broken"
    assert Note.objects.get(candidate=stays).text == "Chelsea"
    assert Placement.objects.filter(candidate=stays).count() == 2
    assert Request.objects.open().filter(candidate=stays).count() == 1


def test_each_field_is_chosen(stays, goes, broker):
    theirs = goes.contact.email, goes.reference
    mine = stays.contact.last_name

    join(stays, goes, broker, "email", "reference")

    stays = Candidate.objects.select_related("contact").get(pk=stays.pk)
    assert (stays.contact.email, stays.reference) == theirs
    assert stays.contact.last_name == mine


def test_the_last_word_on_consent_counts_on_whichever_record_it_was_said(stays, goes, broker):
    at = now()
    stays.consents.all().delete()
    goes.consents.all().delete()
    ConsentFactory(candidate=stays, scope=Scope.MATCHING, given_at=at - timedelta(days=9))
    ConsentFactory(
        candidate=goes,
        scope=Scope.MATCHING,
        given_at=at - timedelta(days=20),
        withdrawn_at=at - timedelta(days=2),
    )
    ConsentFactory(candidate=stays, scope=Scope.EMPLOYERS, given_at=at - timedelta(days=9))
    ConsentFactory(candidate=goes, scope=Scope.EMPLOYERS, given_at=at - timedelta(days=1))
    match = MatchFactory(candidate=stays, status=Status.SHORTLISTED)

    join(stays, goes, broker)

    live = stays.consents.live().values_list("scope", flat=True)
    assert list(live) == [Scope.EMPLOYERS]
    assert stays.consents.count() == 4
    match.refresh_from_db()
    assert match.status == Status.WITHDRAWN


def test_put_forward_for_one_role_twice_is_once(stays, goes, broker):
    first = MatchFactory(candidate=stays, status=Status.WILLING)
    twice = MatchFactory(candidate=goes, role=first.role, status=Status.ASKED)
    over = MatchFactory(candidate=goes, role=first.role, status=Status.DECLINED)

    join(stays, goes, broker)

    assert set(stays.matches.values_list("pk", "status")) == {
        (first.pk, Status.WILLING),
        (twice.pk, Status.WITHDRAWN),
        (over.pk, Status.DECLINED),
    }


def test_the_trail_says_what_moved_and_who_did_it(stays, goes, broker, broker_membership):
    fill(goes)

    join(stays, goes, broker, "email")

    told = Event.objects.get(verb="join")
    assert told.by == broker_membership.user
    assert told.details["former"] == goes.pk
    assert told.details["taken"] == ["email"]
    assert {"placements.match", "placements.placement", "candidates.consent"} <= set(
        told.details["moved"]
    )
    assert goes.contact.email not in str(told.details)


def test_the_old_key_leads_to_the_record_that_stayed(stays, goes, broker, broker_browser):
    old, public = goes.pk, goes.public_id
    third = CandidateFactory(provider=stays.provider)
    join(stays, goes, broker)
    join(third, stays, broker)

    page = broker_browser.get(reverse("admin:candidates_candidate_change", args=[old]))
    found = broker_browser.get(reverse("admin:find"), {"q": str(public)})

    record = reverse("admin:candidates_candidate_change", args=[third.pk])
    assert (page["Location"], found["Location"]) == (record, record)
    unknown = broker_browser.get(reverse("admin:candidates_candidate_change", args=[9_999_999]))
    assert unknown["Location"] == reverse("admin:index")


def test_two_providers_keep_two_records(stays, broker):
    elsewhere = CandidateFactory()

    with pytest.raises(PermissionDenied, match="Two providers"):
        join(stays, elsewhere, broker)


def test_only_staff_join_and_never_a_record_with_itself(stays, goes, broker, cast):
    for by in (actor_of(cast.provider), actor_of(cast.employer)):
        with pytest.raises(PermissionDenied):
            join(stays, goes, by)
    with pytest.raises((PermissionDenied, WrongMoment)):
        join(stays, stays, broker)


def test_a_broker_joins_two_records_from_the_page(stays, goes, broker_browser):
    step = reverse("admin:candidates_candidate_move", args=[stays.pk, "compare"])
    way = broker_browser.post(step, {"other": goes.contact.email})["Location"]
    page = broker_browser.get(way).content.decode()
    email = goes.contact.email

    response = broker_browser.post(way, {"email": "other", "last_name": "own"})

    assert "+16175550199" in page
    assert response["Location"] == reverse("admin:candidates_candidate_change", args=[stays.pk])
    assert Contact.objects.get(candidate=stays).email == email
    assert not Candidate.objects.filter(pk=goes.pk).exists()


def test_records_of_two_providers_are_compared_and_not_joined(stays, broker_browser):
    other = CandidateFactory()
    LookalikeFactory(one=stays, other=other)
    way = reverse("admin:compare", args=[stays.public_id, other.public_id])

    page = broker_browser.get(way)
    broker_browser.post(way, {})

    assert "Two records stay two" in page.content.decode()
    assert Candidate.objects.filter(pk=other.pk).exists()
