"""The login the product runs as owns nothing and cannot rewrite the past."""

import psycopg
import pytest

from alliance.engine_room.paths import APP, database_url
from tests.journeys.conftest import VAR

pytestmark = pytest.mark.journey


@pytest.fixture
def runtime(house):
    with psycopg.connect(database_url(APP, var=VAR)) as connection:
        yield connection


def test_it_owns_nothing_and_has_no_powers(runtime):
    owned = runtime.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
    powers = runtime.execute(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolinherit"
        " FROM pg_roles WHERE rolname = current_user"
    )

    assert owned.fetchone() == (0,)
    assert powers.fetchone() == (False, False, False, False, False)


@pytest.mark.parametrize("table", ["audit_event", "placements_wagerecord"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_it_cannot_change_what_is_append_only(runtime, table, deed):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runtime.execute(deed.format(table))


@pytest.mark.parametrize(
    "deed", ["CREATE TABLE loot (id int)", "ALTER TABLE employers_role DISABLE TRIGGER ALL"]
)
def test_it_cannot_change_the_schema(runtime, deed):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runtime.execute(deed)
