"""Somebody of whom everything is known, in folders of their own."""

import json

import pytest
from django.utils.timezone import now

from alliance.links import actions as links
from alliance.links.enums import Purpose
from alliance.outbox import actions as outbox
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from placements.models import CheckIn, SupervisorAnswer, WorkerAnswer
from tests.conftest import actor_as
from tests.factories.documents import DocumentFactory
from tests.factories.intake import NoteFactory, UploadFactory

TOLD = "My mother is ill and I look after her at night"
ANSWERED = "The foreman shouts at me every single morning"
JUDGED = "Often late because of something at her home"


@pytest.fixture
def folders(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.MAIL_DIR = str(tmp_path / "mail")
    settings.EMAIL_FILE_PATH = settings.MAIL_DIR
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    return tmp_path


def fill(cast):
    """Everything that can be known of the person of the cast who has a job."""
    person = cast.placement.candidate
    owner = {"candidate": person, "provider_id": person.provider_id}
    contact = person.contact
    contact.phone = "+16175557788"
    contact.save()
    Demographics.objects.create(**owner, groups=["asian"], gender="f", birth_year=1990)
    Barrier.objects.create(**owner, kind="health", note=TOLD)
    FormerWage.objects.create(**owner, hourly="17.50", was_working=True)
    DocumentFactory(candidate=person, name=f"{contact.first_name}-{contact.last_name}.pdf")
    WorkerAnswer.objects.create(
        check_in=cast.worker_check_in,
        provider_id=person.provider_id,
        still_working=True,
        comment=ANSWERED,
    )
    SupervisorAnswer.objects.create(
        check_in=cast.supervisor_check_in,
        employer_id=cast.placement.employer_id,
        still_employed=True,
        comment=JUDGED,
    )
    CheckIn.objects.filter(pk=cast.worker_check_in.pk).update(
        handled_at=now(), handled_note=f"Called {contact.name} on 617-555-7788"
    )
    slate = cast.match.slate
    slate.note = f"Ask me about {contact.name.upper()} ({contact.email})"
    slate.save()
    UploadFactory(
        cohort=cast.cohort,
        uploaded_by=cast.provider.user,
        name=f"{contact.last_name}.csv",
        file=f"reference,first name,last name\nR1,{contact.first_name},{contact.last_name}\n".encode(),
        row__cells=json.dumps({"cells": ["R1", contact.first_name, contact.name], "emptied": []}),
    )
    NoteFactory(candidate=person, text=f"{contact.name} lives with her aunt")
    links.mint(Purpose.MY_PAGE, subject_id=person.pk, holder_id=person.pk, at=now())
    outbox.post("candidates.consent", key="x", at=now(), candidate_id=person.pk)
    while due := outbox.claim(at=now()):
        for one in due:
            outbox.send(one, at=now())
    return person


@pytest.fixture
def person(folders, cast):
    return fill(cast)


@pytest.fixture
def herself(person):
    return actor_as(person)
