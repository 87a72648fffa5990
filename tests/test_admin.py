"""The desk's records: who may look, what may be typed, and that size costs nothing."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from django.utils.timezone import now

from alliance.access.actor import Actor, Level
from alliance.accounts.enums import Kind
from alliance.accounts.models import Invitation, Membership, Organization
from alliance.audit import seals
from alliance.audit.actions import note_access
from alliance.audit.desk import DeskModelAdmin
from alliance.audit.enums import Look
from alliance.audit.models import AccessRecord, Event, label_of
from alliance.brokering.models import SavedView, Slip
from alliance.frontdesk import lifetimes
from alliance.links import actions as links
from alliance.links.enums import Purpose
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from alliance.outcomes.models import HouseFigures
from alliance.records.models import Erasure, Joined, Removal, Request
from alliance.skills.models import OccupationSkill, SkillAlias
from candidates.models import Contact, Credential
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from employers.enums import Status as RoleStatus
from employers.models import Employer
from placements.models import CheckIn, Slate, SupervisorAnswer, WorkerAnswer
from tests.conftest import browser_of, populate
from tests.factories.accounts import (
    AccessReviewFactory,
    MembershipFactory,
    OrganizationFactory,
    ViewAsFactory,
)
from tests.factories.candidates import LookalikeFactory
from tests.factories.documents import DocumentFactory
from tests.factories.employers import RoleFactory
from tests.factories.intake import HabitFactory, UploadFactory
from tests.factories.outcomes import HouseFiguresFactory
from tests.factories.placements import OfferFactory
from tests.factories.providers import CompetencyFactory

pytestmark = pytest.mark.django_db

RECORDS = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)
# Queries of a list and of a record. Six of them are who asks and the transaction around the page.
COUNTS = {
    "accounts.accessreview": (8, 7),
    "accounts.invitation": (8, 7),
    "accounts.membership": (8, 9),
    "accounts.organization": (8, 9),
    "accounts.user": (8, 11),
    "accounts.viewas": (8, 7),
    "audit.accessrecord": (9, 7),
    "audit.event": (9, 7),
    "audit.seal": (8, 7),
    "brokering.savedview": (8, 7),
    "brokering.slip": (9, 7),
    "candidates.candidate": (8, 12),
    "candidates.consent": (8, 7),
    "candidates.contact": (8, 8),
    "candidates.credential": (8, 7),
    "candidates.enrolment": (8, 7),
    "candidates.skillevidence": (8, 7),
    "candidates.lookalike": (8, 7),
    "documents.document": (8, 7),
    "employers.employer": (8, 10),
    "employers.role": (8, 8),
    "employers.site": (8, 7),
    "intake.habit": (8, 7),
    "intake.upload": (8, 7),
    "links.link": (8, 7),
    "outbox.letter": (8, 7),
    "outcomes.grant": (8, 10),
    "outcomes.housefigures": (8, 7),
    "outcomes.publication": (9, 7),
    "placements.checkin": (9, 7),
    "placements.interview": (8, 7),
    "placements.match": (8, 8),
    "placements.offer": (8, 7),
    "placements.placement": (8, 11),
    "placements.slate": (8, 8),
    "placements.supervisoranswer": (8, 9),
    "placements.wagerecord": (8, 9),
    "placements.workeranswer": (8, 7),
    "providers.cohort": (8, 7),
    "providers.programme": (8, 8),
    "providers.provider": (8, 8),
    "records.erasure": (8, 7),
    "records.joined": (8, 7),
    "records.removal": (8, 7),
    "records.request": (8, 7),
    "sensitive.barrier": (8, 9),
    "sensitive.demographics": (8, 9),
    "sensitive.formerwage": (8, 9),
    "skills.occupation": (9, 8),
    "skills.skill": (9, 8),
    "skills.ziparea": (9, 7),
}


def fill(cast):
    """The rows a cast has no use for, so that every kind of record has one."""
    at = now()
    person = cast.candidate
    skill = cast.role.skills.get().skill
    Demographics.objects.create(candidate=person, provider=person.provider, groups=["asian"])
    Barrier.objects.create(candidate=person, provider=person.provider, kind="transport")
    FormerWage.objects.create(candidate=person, provider=person.provider, was_working=False)
    Credential.objects.create(candidate=person, name="Biosafety")
    DocumentFactory(candidate=person)
    UploadFactory(cohort=cast.cohort, uploaded_by=cast.provider.user)
    HabitFactory(provider=cast.cohort.provider)
    LookalikeFactory(one=person)
    WorkerAnswer.objects.create(
        check_in=cast.worker_check_in, provider=person.provider, still_working=True
    )
    said = SupervisorAnswer.objects.create(
        check_in=cast.supervisor_check_in, employer=cast.role.employer, still_employed=True
    )
    said.strong_skills.add(skill)
    OfferFactory(match=cast.matches["offered"])
    CompetencyFactory(programme=cast.cohort.programme, skill=skill)
    SkillAlias.objects.create(skill=skill, text=skill.name, key=f"key{skill.pk}")
    OccupationSkill.objects.create(occupation=cast.role.occupation, skill=skill, level=2)
    Slip.objects.create(kind="asked", thing=person.pk, note="Prefers texts.", at=at)
    SavedView.objects.create(owner=cast.employer.user, name="Mine", query="whose=mine")
    links.mint(Purpose.MY_PAGE, subject_id=person.pk, holder_id=person.pk, at=at)
    Letter.objects.create(
        kind="placements.ask", ids={}, dedupe_key=f"k{person.pk}", due_at=at, queued_at=at
    )
    Invitation.objects.create(
        organization=cast.role.employer.organization,
        email=f"new{person.pk}@example.test",
        name="New Colleague",
        level="member",
        invited_by=cast.employer.user,
        invited_at=at,
        sent_at=at,
        expires_at=at + timedelta(days=7),
    )
    AccessReviewFactory(organization=cast.role.employer.organization)
    ViewAsFactory(membership=cast.employer)
    Request.objects.create(candidate=person, reason="asked", asked_at=at, due_on=at.date())
    Joined.objects.create(
        person=person, former_id=9_000_000 + person.pk, former_public_id=person.public_id, at=at
    )
    Erasure.objects.create(subject=f"{person.pk:064}", reason="asked", at=at)
    Removal.objects.create(folder="documents", name=str(person.public_id), queued_at=at)
    HouseFiguresFactory(as_of=at.date() - timedelta(days=HouseFigures.objects.count()))
    Event.objects.create(verb="look", subject="x.y:1", by_audience="broker", at=at)
    note_access(Look.EXPORT, "people.csv", candidates=[person.pk], by=Actor.clock(), at=at)
    seals.put(at=at)


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def first_of(model):
    return model._default_manager.order_by("pk").first()


def test_every_model_of_ours_has_a_record_at_the_desk():
    assert {model._meta.label_lower for model in RECORDS} == set(COUNTS)
    assert all(isinstance(admin.site._registry[model], DeskModelAdmin) for model in RECORDS)


def queries_of(browser, address):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200, address
    return len(queries)


def test_lists_and_records_cost_the_same_at_one_row_and_at_three(cast, broker_browser, monkeypatch):
    # A hundred pages may take a slow machine more than the minute after which a browser is noted again.
    monkeypatch.setattr(lifetimes, "NOTED_EVERY", timedelta(days=1))
    fill(cast)
    pages = {
        model._meta.label_lower: (
            url(model, "changelist"),
            url(model, "change", first_of(model).pk),
        )
        for model in RECORDS
    }
    for _, record in pages.values():
        broker_browser.get(record)

    for rows in (1, 3):
        counts = {
            label: tuple(queries_of(broker_browser, page) for page in both)
            for label, both in pages.items()
        }
        assert counts == COUNTS, f"with {rows} rows"
        if rows == 1:
            fill(populate())
            fill(populate())


def test_every_column_of_a_table_on_a_record_has_a_name_and_every_row_a_way_there(
    cast, broker_browser
):
    team = broker_browser.get(url(Organization, "change", cast.employer.organization_id))
    fill(cast)

    for model in RECORDS:
        page = broker_browser.get(url(model, "change", first_of(model).pk)).content.decode()
        assert not re.search(r"<th[^>]*>\s*</th>", page), model
    assert url(Membership, "change", cast.employer.pk) in team.content.decode()
    assert "None yet." in team.content.decode()  # nobody is invited


def test_every_record_tells_its_history(cast, broker_browser):
    fill(cast)

    for model in RECORDS:
        assert broker_browser.get(url(model, "history", first_of(model).pk)).status_code == 200


def admin_urls():
    def walk(patterns, prefix=()):
        for entry in patterns:
            if isinstance(entry, URLPattern):
                yield entry.name
            else:
                yield from walk(entry.url_patterns)

    site = next(entry for entry in get_resolver().url_patterns if str(entry.pattern) == "admin/")
    return sorted({name for name in walk(site.url_patterns) if name} - {"login"})


ARGUMENTS = (
    (),
    ("1",),
    ("1", "approve"),
    ("5b0a8a8e-5c65-4f0c-8f4b-1f4f2c1ddf00",),
    ("1", "1"),
    ("asked", "1"),
    ("5b0a8a8e-5c65-4f0c-8f4b-1f4f2c1ddf00", "5b0a8a8e-5c65-4f0c-8f4b-1f4f2c1ddf01"),
    ("employers",),
)


def address_of(name):
    for arguments in ARGUMENTS:
        try:
            return reverse(f"admin:{name}", args=arguments)
        except NoReverseMatch:
            continue
    raise AssertionError(name)


def test_strangers_are_asked_to_sign_in_and_people_from_elsewhere_find_nothing():
    elsewhere = [
        browser_of(MembershipFactory(organization=OrganizationFactory(kind=kind)))
        for kind in (Kind.EMPLOYER, Kind.PROVIDER, Kind.FUNDER)
    ]

    for name in admin_urls():
        address = address_of(name)
        assert Client().get(address).status_code == 302, address
        for browser in elsewhere:
            assert browser.get(address).status_code == 404, address
            assert browser.post(address).status_code == 404, address


def test_after_signing_in_staff_arrive_where_they_wanted(broker_browser):
    response = broker_browser.get("/admin/login/?next=/admin/employers/role/")

    assert response["Location"] == "/admin/employers/role/"


def test_the_desk_does_not_send_anybody_to_another_site(broker_browser):
    assert broker_browser.get("/admin/login/?next=//evil.test/")["Location"] == "/admin/"


def test_nothing_is_deleted_and_no_status_is_typed(broker_browser, cast):
    fill(cast)

    for model in RECORDS:
        thing = first_of(model)
        assert (
            broker_browser.post(url(model, "delete", thing.pk), {"post": "yes"}).status_code == 403
        )
        assert "status" not in admin.site._registry[model].changes


def test_a_viewer_looks_and_changes_nothing(cast):
    fill(cast)
    viewer = browser_of(
        MembershipFactory(organization=OrganizationFactory(kind=Kind.ALLIANCE), level=Level.VIEWER)
    )
    waiting = RoleFactory(employer=cast.role.employer, status=RoleStatus.SUBMITTED, opened_at=None)

    for model in RECORDS:
        thing = first_of(model)
        assert viewer.get(url(model, "changelist")).status_code == 200
        assert viewer.get(url(model, "change", thing.pk)).status_code == 200
        assert viewer.post(url(model, "change", thing.pk), {}).status_code == 403
        assert viewer.post(url(model, "add"), {}).status_code == 403
    refused = viewer.post(url(type(waiting), "move", waiting.pk, "approve"))

    waiting.refresh_from_db()
    assert refused.status_code == 422
    assert waiting.status == RoleStatus.SUBMITTED


def test_a_role_is_approved_at_its_record_and_the_trail_says_by_whom(
    broker_browser, broker_membership, cast
):
    role = RoleFactory(employer=cast.role.employer, status=RoleStatus.SUBMITTED, opened_at=None)
    page = broker_browser.get(url(type(role), "change", role.pk))

    response = broker_browser.post(url(type(role), "move", role.pk, "approve"), {"next": "/admin/"})

    role.refresh_from_db()
    assert url(type(role), "move", role.pk, "approve") in page.content.decode()
    assert response["Location"] == "/admin/"
    assert role.status == RoleStatus.OPEN
    history = broker_browser.get(url(type(role), "history", role.pk)).content.decode()
    assert "approve" in history
    assert broker_membership.user.name in history


def test_a_step_that_needs_words_asks_for_them_and_loses_nothing(broker_browser, cast):
    role = RoleFactory(employer=cast.role.employer, status=RoleStatus.SUBMITTED, opened_at=None)
    address = url(type(role), "move", role.pk, "return")

    silent = broker_browser.post(address, {"note": ""})
    broker_browser.post(address, {"note": "Say which shift."})

    role.refresh_from_db()
    assert silent.status_code == 422
    assert (role.status, role.return_note) == (RoleStatus.DRAFT, "Say which shift.")


def test_the_wrong_moment_is_a_sentence_on_the_page(broker_browser, cast):
    response = broker_browser.post(url(type(cast.role), "move", cast.role.pk, "approve"))

    assert response.status_code == 422
    assert "Cannot approve" in response.content.decode()


def test_what_may_be_typed_goes_through_the_action_and_into_the_trail(broker_browser, cast):
    contact = cast.candidate.contact
    fields = {"first_name": "Ana", "last_name": contact.last_name, "email": contact.email}

    response = broker_browser.post(
        url(Contact, "change", contact.pk),
        fields | {"phone": "+16175550199", "zip": contact.zip_id},
    )

    contact.refresh_from_db()
    assert response.status_code == 302
    assert (contact.first_name, contact.phone) == ("Ana", "+16175550199")
    [line] = Event.objects.about(cast.candidate)
    assert (line.verb, line.details["changed"]) == ("describe", ["first_name", "phone"])
    assert not LogEntry.objects.exists()


def test_an_employer_is_added_with_its_organisation_and_its_first_owner(broker_browser):
    words = {
        "name": "Harbor Cell Works",
        "about": "Makes cells.",
        "owner_name": "Rosa Owner",
        "owner_email": "Rosa@harbor.test",
    }

    response = broker_browser.post(url(Employer, "add"), words)
    again = broker_browser.post(url(Employer, "add"), words)

    employer = Employer.objects.get(organization__name="Harbor Cell Works")
    assert response.status_code == 302
    assert employer.about == "Makes cells."
    assert employer.organization.kind == Kind.EMPLOYER
    assert Invitation.objects.get(organization=employer.organization).email == "rosa@harbor.test"
    assert Letter.objects.filter(kind="accounts.invitation").count() == 1
    assert "already an organisation with this name" in again.content.decode()


def test_a_grant_is_added_plainly_and_leaves_a_line(broker_browser, cast):
    words = {
        "funder": cast.funder.organization_id,
        "name": "Bench to Job",
        "slug": "bench-to-job",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "tracked_until": "2027-06-30",
        "amount": "250000",
        "target_enrolled": "50",
        "target_completed": "40",
        "target_placed": "30",
        "placement_window_days": "180",
        "min_hours": "30",
        "min_hourly_wage": "20",
        "min_evidence": "employer",
        "retention_basis": "same_employer",
        "suppression_threshold": "11",
        "cohorts": [cast.cohort.pk],
    }
    grants = type(cast.grant)

    response = broker_browser.post(url(grants, "add"), words)

    made = grants.objects.get(slug="bench-to-job")
    assert response.status_code == 302
    assert list(made.cohorts.all()) == [cast.cohort]
    assert [line.verb for line in Event.objects.about(made)] == ["add"]


def test_an_invitation_is_added_by_inviting(broker_browser, cast):
    words = {
        "organization": cast.funder.organization_id,
        "name": "Ida Invited",
        "email": "ida@funder.test",
        "level": "viewer",
    }

    broker_browser.post(url(Invitation, "add"), words)

    assert Letter.objects.filter(kind="accounts.invitation").exists()
    assert Organization.objects.get(pk=cast.funder.organization_id).invitations.count() == 1


def test_each_look_into_the_cabinet_is_written_down_and_the_list_tells_nothing(
    broker_browser, broker_membership, cast
):
    fill(cast)
    kept = Demographics.objects.get(candidate=cast.candidate)

    listed = broker_browser.get(url(Demographics, "changelist")).content.decode()
    broker_browser.get(url(Demographics, "change", kept.pk))

    [look] = AccessRecord.objects.filter(what=label_of(kept))
    assert "asian" not in listed.lower()
    assert (look.look, look.by_id) == (Look.DEMOGRAPHICS, broker_membership.user_id)


@pytest.mark.parametrize(
    "words",
    [
        lambda contact: contact.email,
        lambda contact: contact.last_name,
        lambda contact: "(617) 555-0150",
        lambda contact: str(contact.candidate.public_id)[:8],
    ],
    ids=["e-mail", "name", "telephone", "id"],
)
def test_people_are_found_by_whatever_is_at_hand(words, broker_browser, cast):
    contact = cast.candidate.contact

    found = broker_browser.get(
        url(type(cast.candidate), "changelist"), {"q": words(contact)}
    ).content.decode()

    assert contact.name in found


def test_a_letter_that_gave_up_is_sent_again_once(broker_browser):
    letter = Letter.objects.create(
        kind="placements.ask",
        ids={},
        dedupe_key="k",
        due_at=now(),
        queued_at=now(),
        attempts=8,
        state=State.DEAD,
    )

    broker_browser.post(url(Letter, "move", letter.pk, "send_again"))
    twice = broker_browser.post(url(Letter, "move", letter.pk, "send_again"))

    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (State.PENDING, 0)
    assert "already looked after" in twice.content.decode()


def test_pages_carry_no_script_or_style_of_their_own(broker_browser, cast):
    fill(cast)

    for model in RECORDS:
        for page in (url(model, "changelist"), url(model, "change", first_of(model).pk)):
            html = broker_browser.get(page).content.decode()
            assert "<style" not in html
            assert " style=" not in html
            assert " onclick=" not in html
            assert "<script>" not in html


def test_looking_at_the_desk_changes_nothing(broker_browser, cast):
    fill(cast)
    before = Event.objects.count(), Slate.objects.count(), CheckIn.objects.count()

    broker_browser.get("/admin/")
    broker_browser.get(reverse("admin:records"))
    broker_browser.get(reverse("admin:workbench", args=[cast.role.public_id]))

    assert (Event.objects.count(), Slate.objects.count(), CheckIn.objects.count()) == before


def test_check_ins_are_looked_after_with_a_note(broker, broker_browser, cast):
    check_in = cast.worker_check_in
    CheckIn.objects.filter(pk=check_in.pk).update(concerns=["unhappy"], answered_at=now())

    broker_browser.post(url(CheckIn, "move", check_in.pk, "handle"), {"note": "Called twice."})

    check_in.refresh_from_db()
    assert check_in.handled_note == "Called twice."
