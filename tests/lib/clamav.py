"""A real clamd for tests, where one is installed: with one signature of our own, and no network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alliance.engine_room.processes import wait_for

# What every scanner must find, in two halves so that none finds it here.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CLAMD = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


@contextmanager
def clamd() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Its address and its process."""
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder:
        place = Path(folder)
        signatures = place / "signatures"
        signatures.mkdir()
        (signatures / "own.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
        door = place / "clamd.sock"
        settings = place / "clamd.conf"
        settings.write_text(
            f"DatabaseDirectory {signatures}\nLocalSocket {door}\nForeground yes\n"
            f"TemporaryDirectory {place}\nStreamMaxLength 10M\n"
        )
        process = subprocess.Popen(
            [str(CLAMD), f"--config-file={settings}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert wait_for(door.exists, 30)
            yield f"unix:{door}", process
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(20)
