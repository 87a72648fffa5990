"""What docs/PRIVACY.md says is what the models and the schedule say."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

from alliance.records.schedule import POLICIES
from alliance.vault.fields import SealedField

PAGE = (Path(settings.BASE_DIR) / "docs/PRIVACY.md").read_text()
LINE = re.compile(r"^\| ([a-z]+\.\w+) \| (P[0-3]) \| (.+) \|$", re.MULTILINE)
ROOMS = {
    *("accounts", "candidates", "sensitive", "documents", "intake"),
    *("placements", "brokering", "records", "links", "outbox"),
}
CLASSIFIED = {table: (sort, columns.split(", ")) for table, sort, columns in LINE.findall(PAGE)}


def held():
    for model in apps.get_models():
        if model._meta.app_label in ROOMS and not hasattr(model, "pgh_tracked_model"):
            yield model


def test_every_column_of_every_table_about_people_is_classified():
    columns = {
        model._meta.label: [
            f"{field.name} (sealed)" if isinstance(field, SealedField) else field.name
            for field in model._meta.local_concrete_fields
            if not field.primary_key
        ]
        for model in held()
    }

    said = {
        table: [column.removesuffix(" (P3)") for column in listed]
        for table, (_sort, listed) in CLASSIFIED.items()
    }
    assert said == columns


def test_what_is_sealed_is_not_called_harmless():
    for model in held():
        if any(isinstance(field, SealedField) for field in model._meta.local_concrete_fields):
            assert CLASSIFIED[model._meta.label][0] in {"P1", "P2"}


def test_every_period_is_told():
    for policy in POLICIES:
        days = "–" if policy.days is None else policy.days
        assert f"| {policy.what} | {days} | {policy.after or '–'} | {policy.then} |" in PAGE
