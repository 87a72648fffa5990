"""Files of people on their way in."""

import json

import factory
from django.utils.timezone import now

from candidates.intake.enums import Kind, Status
from candidates.intake.models import Habit, Note, StagedRow, Upload
from tests.factories.accounts import UserFactory
from tests.factories.candidates import CandidateFactory
from tests.factories.providers import CohortFactory, ProviderFactory

FOUND = {
    "format": "csv",
    "encoding": "utf-8",
    "delimiter": ",",
    "quote": '"',
    "sheet": "",
    "sheets": [],
    "header_row": 1,
    "headings": ["reference", "first name", "last name"],
    "columns": [1, 2, 3],
    "other_encodings": [],
    "header_candidates": [],
    "skipped": [],
    "left_out": [],
    "notes": [],
}
COLUMNS = [
    {"heading": heading, "target": target, "why": "by its name", "asks": []}
    for heading, target in (
        ("reference", "reference"),
        ("first name", "first_name"),
        ("last name", "last_name"),
    )
]


class UploadFactory(factory.django.DjangoModelFactory):
    """A file of one person, looked through and not taken yet."""

    class Meta:
        model = Upload
        skip_postgeneration_save = True

    cohort = factory.SubFactory(CohortFactory)
    provider = factory.SelfAttribute("cohort.provider")
    status = Status.CHECKED
    name = "people.csv"
    file = b"reference,first name,last name\nA-1,Ana,Lima\n"
    sha256 = "0" * 64
    found = json.dumps(FOUND)
    columns = COLUMNS
    counts = {"new": 1, "changed": 0, "same": 0, "refused": 0}
    uploaded_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(now)
    row = factory.RelatedFactory(
        "tests.factories.intake.StagedRowFactory", factory_related_name="upload"
    )


class StagedRowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StagedRow

    upload = factory.SubFactory(UploadFactory, row=None)
    provider = factory.SelfAttribute("upload.provider")
    number = 2
    kind = Kind.NEW
    cells = json.dumps({"cells": ["A-1", "Ana", "Lima"], "emptied": []})
    verdict = json.dumps(
        {
            "name": "Ana Lima",
            "reference": "A-1",
            "problems": [],
            "changes": [],
            "skills": 0,
            "doubts": [],
        }
    )


class HabitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Habit

    provider = factory.SubFactory(ProviderFactory)
    key = factory.Sequence("column{}".format)
    target = "note"
    noted_at = factory.LazyFunction(now)


class NoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Note

    candidate = factory.SubFactory(CandidateFactory)
    provider = factory.SelfAttribute("candidate.provider")
    heading = "town"
    text = "Chelsea"
