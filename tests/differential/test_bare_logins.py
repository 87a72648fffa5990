"""What does a login see before it has put a persona on? The lobby, and nothing of anybody's."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from alliance.access import catalog
from alliance.access.binding import acting_as
from alliance.access.personas import Login
from alliance.access.walls import Kind
from tests.differential.sketches import RICH
from tests.differential.worlds import built

pytestmark = pytest.mark.django_db
OF_EVERYBODY = {Kind.SHARED, Kind.LOBBY}


def rows_or_refusal(table: str) -> int | str:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
            return len(cursor.fetchall())
    except ProgrammingError as trouble:
        return trouble.__cause__.sqlstate


@pytest.mark.parametrize("login", Login, ids=str)
def test_a_login_that_has_put_nothing_on_is_refused_every_table_of_anybodys(login):
    built(RICH).plant()
    walled = [one.table for one in catalog.walls() if one.kind not in OF_EVERYBODY]

    with acting_as(login):
        answers = {table: rows_or_refusal(table) for table in walled}

    assert set(answers.values()) == {"42501"}
    assert len(answers) > 40
