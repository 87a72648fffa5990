"""Does every index earn what it costs? Each is written with every row, and weighed with every plan."""

import pytest
from django.apps import apps
from django.db import connection

BEGINNINGS = """
SELECT short.indrelid::regclass::text, short.indexrelid::regclass::text, long.indexrelid::regclass::text
FROM pg_index short JOIN pg_index long USING (indrelid)
WHERE short.indexrelid <> long.indexrelid AND NOT short.indisunique
  AND short.indpred IS NULL AND long.indpred IS NULL
  AND short.indexprs IS NULL AND long.indexprs IS NULL
  AND long.indkey::text || ' ' LIKE short.indkey::text || ' %%'
  AND long.indclass::text || ' ' LIKE short.indclass::text || ' %%'
  AND short.indrelid::regclass::text = ANY(%s)
"""
COUNTED = (
    "candidates_candidate_provider_id",
    "placements_match_provider_id",
    "placements_placement_provider_id",
)
"""Walked whole to count what a provider has: a third of the size of those that begin with it."""
OF_OTHERS = ("account_", "auth_", "socialaccount_")


def beginnings():
    ours = [model._meta.db_table for model in apps.get_models()]
    with connection.cursor() as cursor:
        cursor.execute(BEGINNINGS, [ours])
        return {
            f"{short} begins {long}"
            for table, short, long in cursor.fetchall()
            if not short.startswith((*COUNTED, *OF_OTHERS))
        }


@pytest.mark.django_db
def test_no_index_is_the_beginning_of_another():
    assert beginnings() == set()


@pytest.mark.django_db
def test_one_that_is_would_be_found():
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX again ON placements_match (employer_id)")

    assert "again begins match_by_employer" in beginnings()
