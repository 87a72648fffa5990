"""Everything follows from one folder."""

from pathlib import Path

from alliance.engine_room import paths


def test_two_checkouts_never_share_a_socket() -> None:
    one = paths.socket_dir(Path("/srv/one/var"))
    other = paths.socket_dir(Path("/srv/other/var"))

    assert one != other


def test_a_socket_fits_and_has_no_space_however_long_and_odd_the_checkout_is_named() -> None:
    var = Path("/home") / ("a very long name " * 12) / "var"

    socket = paths.socket_dir(var) / ".s.PGSQL.5432"

    assert len(str(socket)) < 100
    assert " " not in str(socket)


def test_the_same_folder_reached_by_a_link_has_the_same_sockets(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "var")

    assert paths.socket_dir(tmp_path / "link") == paths.socket_dir(tmp_path / "var")


def test_the_database_is_named_without_asking_a_server() -> None:
    var = Path("/srv/one/var")

    assert (
        paths.database_url("jc_all", var=var)
        == f"postgresql://jc_all@/connector?host={paths.socket_dir(var)}"
    )


def test_the_broker_is_the_same_redis_in_the_words_of_celery() -> None:
    var = Path("/srv/one/var")

    broker = paths.broker_url(paths.redis_url(var, db=3))

    assert broker == f"redis+socket://{paths.socket_dir(var)}/redis.sock?virtual_host=3"


def test_a_given_redis_is_the_broker_as_it_stands() -> None:
    assert paths.broker_url("rediss://u:p@redis.example.org:6380/1") == (
        "rediss://u:p@redis.example.org:6380/1"
    )


def test_another_login_keeps_the_rest_of_the_address() -> None:
    owner = "postgresql://owner:s%40fe@db.example.org:5433/jobs?sslmode=require"

    ours = paths.with_login(owner, "jc_all", "a/b")

    assert ours == "postgresql://jc_all:a%2Fb@db.example.org:5433/jobs?sslmode=require"
