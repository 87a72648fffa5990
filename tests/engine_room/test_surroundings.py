"""What a program of ours finds in its environment."""

import stat
from pathlib import Path

from alliance.engine_room.paths import database_url, redis_url
from alliance.engine_room.surroundings import surroundings, wanted


def test_nothing_given_means_both_servers_are_ours(tmp_path: Path) -> None:
    found = surroundings({}, tmp_path)

    assert [server.name for server in wanted({}, tmp_path)] == ["postgres", "redis"]
    assert found["DATABASE_URL"] == database_url("jc_all", var=tmp_path)
    assert found["DATABASE_OWNER_URL"] == database_url("jc_owner", var=tmp_path)
    assert found["REDIS_URL"] == redis_url(tmp_path)


def test_a_given_database_alone_is_the_owners_and_ours_gets_a_login_of_its_own(
    tmp_path: Path,
) -> None:
    given = {"DATABASE_URL": "postgresql://me:secret@db.example.org/jobs"}

    found = surroundings(given, tmp_path)

    assert [server.name for server in wanted(given, tmp_path)] == ["redis"]
    assert found["DATABASE_OWNER_URL"] == given["DATABASE_URL"]
    assert found["DATABASE_URL"].startswith("postgresql://jc_all:")
    assert "secret" not in found["DATABASE_URL"]


def test_both_logins_given_are_both_kept(tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql://app@db.example.org/jobs",
        "DATABASE_OWNER_URL": "postgresql://owner@db.example.org/jobs",
        "REDIS_URL": "redis://redis.example.org/0",
    }

    found = surroundings(given, tmp_path)

    assert wanted(given, tmp_path) == []
    assert {name: found[name] for name in given} == given


def test_a_program_that_may_not_know_the_owner_keeps_the_login_it_was_given(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://app:x@db.example.org/jobs", "DATABASE_OWNER_URL": ""}

    found = surroundings(given, tmp_path)

    assert found["DATABASE_URL"] == given["DATABASE_URL"]
    assert found["DATABASE_OWNER_URL"] == ""


def test_secrets_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    first = surroundings({}, tmp_path)["SECRET_KEY"]

    again = surroundings({}, tmp_path)["SECRET_KEY"]

    assert first == again
    assert len(first) > 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_what_is_sealed_here_has_keys_of_its_own(tmp_path: Path) -> None:
    found = surroundings({}, tmp_path)

    keys = [found["SECRET_KEY"], found["SEALING_KEYS"], found["BLIND_INDEX_KEY"]]
    assert len(set(keys)) == 3
    assert found["SEALING_KEYS"].startswith("k1:")
    assert surroundings({"SEALING_KEYS": "k2:given"}, tmp_path)["SEALING_KEYS"] == "k2:given"
