"""Every version of a sensitive row is kept, however it was written, and nobody can touch it."""

from itertools import product

import pytest
from celery import shared_task
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.actor import Actor, Level
from alliance.access.binding import bound
from alliance.access.personas import Login, Persona
from alliance.accounts.models import Membership
from alliance.audit.actions import note_access, record
from alliance.audit.context import Whence, context
from alliance.audit.enums import Look
from alliance.audit.history import SEALED, Version, versions_of
from alliance.audit.models import Redaction, Seal
from alliance.links.enums import Purpose
from candidates import actions
from candidates.enums import Language, Scope
from candidates.models import Consent, Contact
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from placements.models import WageRecord, WorkerAnswer
from tests.conftest import actor_as, actor_of, browser_with_link
from tests.factories.accounts import MembershipFactory
from tests.factories.candidates import CandidateFactory

TRACKED = [Contact, Consent, Demographics, Barrier, FormerWage, WorkerAnswer, Membership]
KEPT = sorted([*(model._meta.db_table for model in SEALED), "audit_seal"])
NEVER_CHANGED = [*dict.fromkeys([*SEALED, Seal, WageRecord])]
ATTEMPTS = ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}"]
REFUSED = r"append-only|Cannot update or delete"
RUNTIME = [*Persona, *Login]


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model.__name__)
def test_each_sensitive_table_keeps_versions(model):
    assert issubclass(versions_of(model).model, Version)


def kept(model, thing):
    return list(versions_of(model).filter(pgh_obj=thing.pk).order_by("pk"))


@pytest.mark.django_db
def test_bulk_create_update_sql_and_delete_leave_versions_too():
    person = CandidateFactory()
    Barrier.objects.bulk_create(
        Barrier(candidate=person, provider_id=person.provider_id, kind=kind)
        for kind in ("housing", "health")
    )
    housing = Barrier.objects.get(candidate=person, kind="housing")

    Barrier.objects.filter(pk=housing.pk).update(kind="money")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sensitive_barrier SET kind = 'other' WHERE id = %s", [housing.pk])
    Barrier.objects.filter(candidate=person).delete()

    assert [(one.pgh_label, one.kind) for one in kept(Barrier, housing)] == [
        ("insert", "housing"),
        ("update", "money"),
        ("update", "other"),
        ("delete", "other"),
    ]
    assert versions_of(Barrier).filter(candidate=person).count() == 6


@pytest.mark.django_db
@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model.__name__)
def test_new_rows_are_kept_once_a_statement_however_many_they_are(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_keep_insert%%'",
            [model._meta.db_table],
        )
        [(told,)] = cursor.fetchall()

    assert "FOR EACH STATEMENT" in told


@pytest.mark.django_db
def test_of_a_column_it_does_not_hold_a_version_says_only_that_it_changed():
    person = CandidateFactory()
    Barrier.objects.create(candidate=person, provider_id=person.provider_id, kind="health")

    barrier = Barrier.objects.get(candidate=person)
    barrier.note = "Told in confidence"
    barrier.save(update_fields=["note"])

    [_told, noted] = versions_of(Barrier).filter(candidate=person).order_by("pk")
    assert noted.changed == ["note"]
    assert "confidence" not in str({f.name: getattr(noted, f.attname) for f in noted._meta.fields})


@pytest.mark.parametrize(
    ("model", "secrets"),
    [
        (Contact, {"phone"}),
        (Barrier, {"note"}),
        (Demographics, {"birth_year", "birth_date", "birthday"}),
        (WorkerAnswer, {"comment"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_sealed_and_what_is_free_text_is_in_no_version(model, secrets):
    held = {field.name for field in versions_of(model).model._meta.fields}

    assert not held & secrets


@pytest.mark.django_db
def test_an_update_that_changes_nothing_leaves_no_version():
    person = CandidateFactory()

    Contact.objects.filter(pk=person.pk).update(first_name=person.contact.first_name)

    assert [one.pgh_label for one in kept(Contact, person.contact)] == ["insert"]


def test_a_version_says_who_and_from_which_request(cast):
    before = versions_of(Consent).count()

    browser, page = browser_with_link(
        Purpose.CONSENT, subject_id=cast.candidate.pk, holder_id=cast.candidate.pk
    )
    response = browser.post(f"{page}?from=letter", {"matching": "on"})

    assert response.status_code == 302
    version = versions_of(Consent).order_by("pk").last()
    assert versions_of(Consent).count() > before
    assert version.pgh_context["audience"] == "candidate"
    assert version.pgh_context["candidate"] == cast.candidate.pk
    assert version.pgh_context["request"] == response["X-Request-ID"]
    assert version.pgh_context["path"] == page
    assert "ip" not in version.pgh_context


def test_a_version_says_which_member_of_which_team_it_was(cast, employer_browser):
    mate = MembershipFactory(organization=cast.employer.organization, level=Level.MEMBER)

    employer_browser.post(
        reverse("employer-team:end", args=[cast.employer.organization.slug, mate.pk]),
        headers={"x-forwarded-for": "203.0.113.9"},
    )

    version = kept(Membership, mate)[-1]
    assert version.changed == ["ended_at"]
    assert version.pgh_context["user"] == cast.employer.user_id
    assert version.pgh_context["organization"] == cast.employer.organization_id
    assert version.pgh_context["ip"] == "127.0.0.1"


@pytest.mark.django_db
def test_a_version_made_by_a_task_or_a_command_names_it():
    person = CandidateFactory()

    @shared_task(name="tests.rename")
    def rename():
        Contact.objects.filter(pk=person.pk).update(first_name="Renamed")

    rename.apply()
    with context(Whence(path="erase"), command="erase", audience="operator"):
        Contact.objects.filter(pk=person.pk).update(first_name="Again")

    by_task, by_command = kept(Contact, person.contact)[1:]
    assert by_task.pgh_context == {"task": "tests.rename", "audience": "clock"}
    assert by_command.pgh_context["command"] == "erase"


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.django_db
def test_no_runtime_login_holds_a_grant_to_change_history(table, verb):
    with connection.cursor() as cursor:
        holders = []
        for role in RUNTIME:
            cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [role, table, verb])
            if cursor.fetchone()[0]:
                holders.append(role)

    assert holders == []


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize(
    "attempt",
    ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"],
    ids=["update", "delete", "truncate"],
)
def test_even_the_owner_is_refused_by_a_trigger(cast, table, attempt):
    model = next(model for model in [*SEALED, Seal] if model._meta.db_table == table)
    a_line_of_each(cast)
    assert model._base_manager.exists()

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('audit.hand', '', true)")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            cursor.execute(attempt.format(table, model._meta.pk.column))


@pytest.mark.parametrize("role", RUNTIME)
@pytest.mark.django_db
def test_every_login_and_persona_is_refused_when_it_tries(role):
    """Not only is there no grant: the statements are sent, each as each."""
    told = {}
    with connection.cursor() as cursor:
        for model, attempt in product(NEVER_CHANGED, ATTEMPTS):
            cursor.execute("SELECT set_config('role', %s, true)", [role])
            with pytest.raises(DatabaseError) as refusal, transaction.atomic():
                cursor.execute(attempt.format(model._meta.db_table, model._meta.pk.column))
            told[model, attempt] = str(refusal.value)
        cursor.execute("SELECT set_config('role', 'none', true)")

    assert len(told) == 3 * len(NEVER_CHANGED) > 30
    assert [said for said in told.values() if "permission denied" not in said] == []


def test_a_provider_leaves_versions_and_reads_none(cast):
    team = actor_of(cast.provider)

    with bound(team):
        Contact.objects.filter(pk=cast.candidate.pk).update(first_name="Renamed")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            versions_of(Contact).first()

    assert kept(Contact, cast.candidate.contact)[-1].first_name == "Renamed"


def test_a_candidate_consents_under_their_own_persona_and_it_is_kept(cast, at):
    oneself = actor_as(cast.candidate)
    cast.candidate.consents.all().delete()

    with bound(oneself):
        actions.decide(
            cast.candidate, [Scope.MATCHING], language=Language.ENGLISH, by=oneself, at=at
        )

    newest = versions_of(Consent).filter(candidate=cast.candidate).latest("pk")
    assert (newest.pgh_label, newest.scope) == ("insert", "matching")


def test_nobody_writes_a_version_without_a_change(cast):
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        bound(actor_of(cast.provider)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO candidates_contactversion"
            " (pgh_created_at, pgh_label, first_name, last_name, email, pgh_obj_id)"
            " VALUES (now(), 'update', 'Made', 'Up', '', %s)",
            [cast.candidate.pk],
        )


def a_line_of_each(cast):
    """Something to change in every table of history."""
    person = cast.candidate
    Barrier.objects.create(candidate=person, provider_id=person.provider_id, kind="health")
    Demographics.objects.create(candidate=person, provider_id=person.provider_id)
    FormerWage.objects.create(candidate=person, provider_id=person.provider_id, was_working=False)
    WorkerAnswer.objects.create(
        check_in=cast.worker_check_in, provider_id=person.provider_id, still_working=True
    )
    note_access(Look.BARRIERS, "a barrier", candidates=[person.pk], by=Actor.clock(), at=now())
    record(verb="look", subject=person, by=Actor.clock(), at=now())
    Redaction.objects.create(table="none", row_id=1, digest="0" * 64, reason="", at=now())
    Seal.objects.create(number=1, at=now(), lines=0, ranges=[], previous="", head="")
