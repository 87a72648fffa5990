"""Many rows get in at once, as they would one by one."""

import pytest

from alliance.vault import bulk
from candidates.intake.models import StagedRow
from candidates.models import Candidate
from tests.factories.candidates import CandidateFactory
from tests.factories.intake import UploadFactory

ODD = ["Ana", "", 'a "word"', "{null}", "two\nlines", "back\\slash", "ñ, 名"]


@pytest.mark.django_db
def test_columns_say_what_rows_would():
    upload = UploadFactory()
    upload.rows.all().delete()
    known = CandidateFactory(provider=upload.provider)
    alike = {"upload_id": upload.pk, "provider_id": upload.provider_id}
    told = {
        "number": list(range(len(ODD))),
        "who": ODD,
        "cells": [f"cells of {said}" for said in ODD],
        "candidate_id": [None, known.pk, *[None] * (len(ODD) - 2)],
    }

    bulk.write_columns(StagedRow, told, alike=alike)

    kept = StagedRow.objects.filter(upload=upload).order_by("number")
    for name, said in told.items():
        assert [getattr(row, name) for row in kept] == said
    assert {(row.outcome, row.before, row.taken_at) for row in kept} == {("waiting", "", None)}


@pytest.mark.django_db
def test_no_columns_are_no_rows():
    bulk.write_columns(StagedRow, {"number": [], "cells": []}, alike={})

    assert not StagedRow.objects.exists()


@pytest.mark.django_db
def test_whoever_is_among_those_asked_for_is_found():
    CandidateFactory(reference="x" * 60)
    people = [CandidateFactory(reference=f"a {said}") for said in (*ODD, f"b{bulk.APART}c")]

    for asked in (people[:-1], people):
        wanted = {one.reference for one in asked} | {"nobody"}
        assert set(Candidate.objects.filter(reference__among=wanted)) == set(asked)
        assert set(Candidate.objects.filter(pk__among={one.pk for one in asked})) == set(asked)
    assert not Candidate.objects.filter(reference__among=set()).exists()
    assert not Candidate.objects.filter(reference__among={f"{'x' * 60}y"}).exists()
    assert not Candidate.objects.filter(reference__among={""}).exclude(reference="").exists()
