"""What a person tells in confidence opens only through their own row."""

from importlib import import_module
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialApp
from django.apps import apps
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection
from django.utils.timezone import now

from alliance.accounts import seeds
from alliance.audit.history import SEALED, versions_of
from alliance.audit.models import Event
from alliance.lib.sealing import Unsealable
from alliance.vault import rotation
from candidates import likeness
from candidates.documents import storage
from candidates.models import Contact
from candidates.sensitive import actions as cabinet
from candidates.sensitive.models import Barrier, Demographics
from tests.factories.accounts import UserFactory
from tests.factories.candidates import CandidateFactory
from tests.factories.documents import DocumentFactory

pytestmark = pytest.mark.django_db
NUMBER = "+16175550123"
SEED = "AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH"


@pytest.fixture
def contact():
    person = CandidateFactory(contact__phone=NUMBER)
    return Contact.objects.get(pk=person.pk)


def kept(table, column, key, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {key} = %s", [value])
        return cursor.fetchone()[0]


def write(table, column, value, key, row):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", [value, row])


def kept_of(contact):
    return kept("candidates_contact", "phone", "candidate_id", contact.pk)


def test_a_row_says_what_the_table_does_not(contact):
    assert contact.phone == NUMBER
    assert kept_of(contact).startswith("k1:")
    assert "5550123" not in kept_of(contact)


def test_everything_that_is_sealed_is_told():
    found = {f"{model._meta.label}.{field.name}" for model, field in rotation.sealed_columns()}

    assert {
        "candidates.Contact.phone",
        "sensitive.Barrier.note",
        "sensitive.Demographics.birth_year",
    } <= found


def test_history_holds_nothing_that_is_sealed():
    for model, field in rotation.sealed_columns():
        for version in SEALED:
            if getattr(version, "pgh_tracked_model", None) is model:
                assert field.name not in {one.name for one in version._meta.fields}


def test_a_year_and_a_note_come_back_as_what_they_were(contact):
    owner = {"candidate_id": contact.pk, "provider_id": contact.provider_id}
    Demographics.objects.create(**owner, birth_year=1990)
    Barrier.objects.create(**owner, kind="health", note="Told in confidence")

    assert Demographics.objects.get(pk=contact.pk).birth_year == 1990
    assert Barrier.objects.get(candidate=contact.pk).note == "Told in confidence"
    assert "1990" not in kept("sensitive_demographics", "birth_year", "candidate_id", contact.pk)
    assert "confidence" not in kept("sensitive_barrier", "note", "candidate_id", contact.pk)


def test_what_is_not_known_stays_so(contact):
    owner = {"candidate_id": contact.pk, "provider_id": contact.provider_id}
    Demographics.objects.create(**owner)
    Barrier.objects.create(**owner, kind="money")

    assert Demographics.objects.get(pk=contact.pk).birth_year is None
    assert Barrier.objects.get(candidate=contact.pk).note == ""
    assert Barrier.objects.filter(note="").exists()


def test_moved_to_another_person_it_does_not_open(contact):
    other = CandidateFactory().contact
    write("candidates_contact", "phone", kept_of(contact), "candidate_id", other.pk)

    with pytest.raises(Unsealable, match="sealed elsewhere"):
        _ = Contact.objects.get(pk=other.pk).phone


def test_moved_to_another_barrier_of_the_same_person_it_does_not_open(contact):
    owner = {"candidate_id": contact.pk, "provider_id": contact.provider_id}
    told = Barrier.objects.create(**owner, kind="health", note="Told in confidence")
    other = Barrier.objects.create(**owner, kind="money")
    moved = kept("sensitive_barrier", "note", "id", told.pk)
    write("sensitive_barrier", "note", moved, "id", other.pk)

    with pytest.raises(Unsealable):
        _ = Barrier.objects.get(pk=other.pk).note


def test_a_number_that_does_not_open_can_be_replaced(contact):
    write("candidates_contact", "phone", "k1:rubbish", "candidate_id", contact.pk)
    broken = Contact.objects.get(pk=contact.pk)

    broken.phone = NUMBER
    broken.save()

    assert Contact.objects.get(pk=contact.pk).phone == NUMBER


def test_saving_a_row_unchanged_leaves_the_seal_and_no_version(contact):
    before, versions = kept_of(contact), versions_of(Contact).count()

    contact.phone = NUMBER
    contact.save()

    assert kept_of(contact) == before
    assert versions_of(Contact).count() == versions


def test_saving_only_the_number_moves_its_index_too(contact):
    contact.phone = "(617) 555-0199"
    contact.save(update_fields=["phone"])

    index = Contact._meta.get_field("phone_index")
    assert list(Contact.objects.filter(phone_index=index.digest("617.555.0199"))) == [contact]
    assert not Contact.objects.filter(phone_index=index.digest(NUMBER)).exists()


def test_a_row_read_without_it_fetches_it_when_asked(contact):
    lean = Contact.objects.only("first_name").get(pk=contact.pk)

    lean.first_name = "Ana"
    lean.save()

    assert lean.phone == NUMBER
    assert Contact.objects.get(pk=contact.pk).phone == NUMBER


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Contact.objects.filter(phone=NUMBER).exists(),
        lambda: Contact.objects.filter(phone__contains="555").exists(),
        lambda: Contact.objects.update(phone=NUMBER),
        lambda: Contact.objects.bulk_update(Contact.objects.all(), ["phone"]),
    ],
    ids=["equal", "containing", "update", "bulk update"],
)
def test_what_knows_no_row_is_refused(contact, ask):
    with pytest.raises(FieldError):
        ask()


def test_asked_of_the_table_it_stays_shut(contact):
    [[said]] = Contact.objects.values_list("phone")

    assert str(said) == "(sealed)"


# Rotation ----------------------------------------------------------------------------------------


@pytest.fixture
def new_key(settings):
    def come():
        settings.SEALING_KEYS = f"k2:{'n' * 40},{settings.SEALING_KEYS}"

    return come


def tallies(**terms):
    return {tally.what: tally.again for tally in rotation.rotate(**terms)}


def test_a_new_key_gets_onto_everything_once(contact, new_key):
    for _ in range(4):
        CandidateFactory()
    new_key()
    versions = versions_of(Contact).count()

    first, second = tallies(batch=2), tallies(batch=2)

    assert (first["candidates_contact.phone"], second["candidates_contact.phone"]) == (5, 0)
    assert kept_of(contact).startswith("k2:")
    assert Contact.objects.get(pk=contact.pk).phone == NUMBER
    assert versions_of(Contact).count() == versions


def test_a_rotation_that_broke_off_goes_on(contact, new_key, monkeypatch):
    for _ in range(3):
        CandidateFactory()
    new_key()
    one_by_one = rotation._one

    def tires(row, field, tally):
        if tally.again == 2:
            raise KeyboardInterrupt
        one_by_one(row, field, tally)

    with monkeypatch.context() as patch:
        patch.setattr(rotation, "_one", tires)
        with pytest.raises(KeyboardInterrupt):
            tallies(batch=1)

    assert tallies()["candidates_contact.phone"] == 2


def test_what_does_not_open_is_told_and_left(contact, new_key):
    write("candidates_contact", "phone", "k1:rubbish", "candidate_id", contact.pk)
    CandidateFactory()
    new_key()

    [found] = [tally for tally in rotation.rotate() if tally.what == "candidates_contact.phone"]

    assert found.again == 1
    assert [f"candidates_contact.phone:{contact.pk}" in said for said in found.shut] == [True]
    assert kept_of(contact) == "k1:rubbish"


def test_files_get_the_new_key_too(new_key, settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path

    document = DocumentFactory(content=b"%PDF-1.7 canary")
    [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert file.read_bytes().startswith(b"k1:")
    assert b"canary" not in file.read_bytes()
    new_key()

    assert tallies()["documents"] == 1
    assert file.read_bytes().startswith(b"k2:")
    assert storage.read(document.key, owner=document.public_id) == b"%PDF-1.7 canary"


def test_seeds_of_apps_and_recovery_codes_get_the_new_key_too(new_key):
    user = UserFactory()
    TOTP.activate(user, SEED)
    RecoveryCodes.activate(user)
    codes = RecoveryCodes.activate(user).generate_codes()
    new_key()

    first, second = tallies(), tallies()

    assert (first["authenticators"], second["authenticators"]) == (2, 0)
    kept = {one.type: one.data for one in Authenticator.objects.filter(user=user)}
    assert kept["totp"]["secret"].startswith("k2:")
    assert kept["recovery_codes"]["seed"].startswith("k2:")
    assert seeds.unseal(kept["totp"]["secret"]) == SEED
    assert RecoveryCodes.activate(user).generate_codes() == codes


def test_a_seed_that_does_not_open_is_told_and_left(new_key):
    user = UserFactory()
    TOTP.activate(user, SEED)
    Authenticator.objects.update(data={"secret": "k1:rubbish"})
    new_key()

    [found] = [tally for tally in rotation.rotate() if tally.what == "authenticators"]

    assert (found.again, len(found.shut)) == (0, 1)
    assert Authenticator.objects.get().data == {"secret": "k1:rubbish"}


def test_secrets_of_sign_in_providers_get_the_new_key_too(new_key):
    sealed = seeds.seal_secret("given to us", provider="tidewater")
    SocialApp.objects.create(
        provider="openid_connect", provider_id="tidewater", name="T", client_id="c", secret=sealed
    )
    new_key()

    first, second = tallies(), tallies()

    kept = SocialApp.objects.get().secret
    assert (first["sign-in providers"], second["sign-in providers"]) == (1, 0)
    assert kept.startswith("k2:")
    assert seeds.unseal_secret(kept, provider="tidewater") == "given to us"


def test_a_rotation_leaves_a_line_in_the_trail(contact, new_key):
    new_key()

    call_command("rotate_seals", stdout=StringIO())

    line = Event.objects.get(verb="rotate_seals")
    assert line.details["key"] == "k2"
    assert line.details["again"]["candidates_contact.phone"] == 1
    assert "n" * 40 not in str(line.details)


@pytest.fixture
def new_index_key(settings):
    def come():
        settings.BLIND_INDEX_KEY = f"{'i' * 40},{settings.BLIND_INDEX_KEY}"

    return come


def test_while_the_index_is_made_anew_a_number_is_found_by_either_key(contact, new_index_key):
    index = Contact._meta.get_field("phone_index")
    [before] = index.digests(NUMBER)
    new_index_key()
    later = CandidateFactory(contact__phone=NUMBER).contact

    found = Contact.objects.filter(phone_index__in=index.digests(NUMBER))

    assert set(found) == {contact, later}
    assert Contact.objects.get(pk=contact.pk).phone_index == before
    assert later.phone_index != before


def test_the_desk_finds_a_number_by_either_key(contact, new_index_key, broker_browser):
    new_index_key()

    page = broker_browser.get("/admin/candidates/contact/", {"q": "617 555 0123"})

    assert contact.last_name in page.content.decode()


def test_a_new_index_key_gets_onto_everything_once(contact, new_index_key, settings):
    for _ in range(4):
        CandidateFactory()
    new_index_key()
    versions = versions_of(Contact).count()

    first, second = tallies(batch=2), tallies(batch=2)

    column = "candidates_contact.phone_index"
    assert (first[column], second[column]) == (5, 0)
    assert versions_of(Contact).count() == versions
    settings.BLIND_INDEX_KEY = settings.BLIND_INDEX_KEY.partition(",")[0]
    index = Contact._meta.get_field("phone_index")
    assert list(Contact.objects.filter(phone_index=index.digest(NUMBER))) == [contact]


def test_a_new_index_key_gets_onto_names_with_years_of_birth(broker, contact, new_index_key):
    cabinet.note_demographics(contact.candidate, birth_year=1990, by=broker, at=now())
    before = Demographics.objects.get(candidate=contact.candidate).name_and_year
    versions = versions_of(Demographics).count()
    new_index_key()

    first, second = tallies(batch=2), tallies(batch=2)

    column = "sensitive_demographics.name_and_year"
    after = Demographics.objects.get(candidate=contact.candidate).name_and_year
    said = {"first_name": contact.first_name, "last_name": contact.last_name, "birth_year": 1990}
    assert (first[column], second[column]) == (1, 0)
    assert (after != before, after == likeness.name_and_year(said)) == (True, True)
    assert versions_of(Demographics).count() == versions


def test_a_number_that_does_not_open_keeps_its_index_and_is_told(contact, new_index_key):
    write("candidates_contact", "phone", "k1:rubbish", "candidate_id", contact.pk)
    before = kept("candidates_contact", "phone_index", "candidate_id", contact.pk)
    new_index_key()

    [found] = [t for t in rotation.rotate() if t.what == "candidates_contact.phone_index"]

    assert len(found.shut) == 1
    assert kept("candidates_contact", "phone_index", "candidate_id", contact.pk) == before


# What stood before -------------------------------------------------------------------------------


def test_what_stood_before_is_sealed_once_and_leaves_no_version(contact):
    owner = {"candidate_id": contact.pk, "provider_id": contact.provider_id}
    Demographics.objects.create(**owner, birth_year=1990)
    told = Barrier.objects.create(**owner, kind="health", note="Told in confidence")
    write("candidates_contact", "phone", NUMBER, "candidate_id", contact.pk)
    write("candidates_contact", "phone_index", "", "candidate_id", contact.pk)
    write("sensitive_demographics", "birth_year", "1990", "candidate_id", contact.pk)
    write("sensitive_barrier", "note", "Told in confidence", "id", told.pk)
    before = versions_of(Contact).count(), versions_of(Barrier).count()

    import_module("candidates.migrations.0008_sealed_telephones").seal(apps, None)
    import_module("candidates.sensitive.migrations.0006_sealed").seal(apps, None)

    known = Contact.objects.get(pk=contact.pk)
    assert (known.phone, known.phone_index) == (NUMBER, contact.phone_index)
    assert kept_of(contact).startswith("k1:")
    assert Demographics.objects.get(pk=contact.pk).birth_year == 1990
    assert Barrier.objects.get(pk=told.pk).note == "Told in confidence"
    assert (versions_of(Contact).count(), versions_of(Barrier).count()) == before
