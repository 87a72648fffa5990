"""As whom do the servers run, and which folders are theirs?

PostgreSQL refuses to run as root, rightly. When root starts the demo (a container, a fresh cloud machine), the servers
run under an account that has no other rights: the one that already owns the data, else `postgres`, else `nobody`, one
of which every Linux has, so none need be created. That account must reach its data and its programs through folders
that may be closed to it (/root is): those on the way, and no others, are opened for passing through, not for reading.
"""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from alliance.engine_room.trouble import Trouble


@dataclass(frozen=True)
class Account:
    """A user of this machine, as a process needs to know it."""

    uid: int
    gid: int


def account_for(data: Path) -> Account | None:
    """The account that serves this data: None means the one we are."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise Trouble(
        "PostgreSQL does not run as root, and this machine has neither a 'postgres' nor a 'nobody' account to run it "
        "as. Run this as a normal user, or set DATABASE_URL."
    )


def claim(folder: Path, account: Account | None) -> None:
    """Make the folder, closed to everybody but the account, or say why it cannot be had."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in _welcome(account):
            raise Trouble(
                f"{folder} belongs to somebody else; remove it, or run this as its owner."
            )
        if account:
            os.chown(folder, account.uid, account.gid)
        folder.chmod(0o700)
    except PermissionError as refused:
        raise Trouble(
            f"{refused.filename} cannot be written here: it belongs to another user. Run this as its owner, or give "
            "another folder in CONNECTOR_VAR."
        ) from refused


def _welcome(account: Account | None) -> set[int]:
    return {account.uid, 0} if account else {os.geteuid()}


def open_the_way(place: Path) -> None:
    """Let other accounts pass through the folders above a place, as root, where they could not."""
    for folder in place.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
