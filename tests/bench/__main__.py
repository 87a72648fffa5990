"""Runs the benches: ``make bench``, or some by name: ``make bench ARGS=ranking``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from compileall import compile_dir
from itertools import chain
from pathlib import Path

from tests.bench.lines import HEAD, Line, row

VAR = Path(__file__).resolve().parents[2] / "var" / "bench"
IN_A_TOWN = ("ranking", "intake")
"""Measured among a hundred thousand people, each in a world and a process of its own."""
TOWN = sys.argv[1] if len(sys.argv) == 2 and sys.argv[1] in IN_A_TOWN else ""
os.environ["CONNECTOR_VAR"] = str(VAR / TOWN)
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ.pop("DATABASE_URL", None)
os.environ.pop("REDIS_URL", None)


def main(wanted: list[str]) -> int:
    """Measure, tell, and say whether everything that was agreed holds."""
    import django  # noqa: PLC0415 - the environment comes first

    # As in a deployment: the process that reads files may write nothing, nor compile itself for good.
    compile_dir(VAR.parents[1] / "alliance", quiet=1)
    django.setup()

    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    from alliance.engine_room import services  # noqa: PLC0415
    from tests.bench import intake, ranking, redis, scale, tables, talent, walls  # noqa: PLC0415

    if TOWN:
        in_a_town = {"ranking": ranking.lines, "intake": intake.lines}
        with services(VAR / TOWN, durable=False):
            call_command("migrate", verbosity=0)
            made = talent.fill()
            print(f"{talent.PEOPLE:,} people, {'made now' if made else 'as made before'}.")
            setup_test_environment()
            settings.RANKING_MEMORY = 60
            missed = _told([in_a_town[TOWN]()])
            connection.close()
        return _verdict(missed)

    alone = {"tables": tables.lines, "redis": redis.lines}
    benches = {"walls": walls.lines}
    missed = _told(alone[name]() for name in wanted or alone if name in alone)
    for town in IN_A_TOWN:
        if town in wanted or not wanted:
            ended = subprocess.run([sys.executable, "-m", "tests.bench", town], check=False)
            missed += [town] if ended.returncode else []
    wanted = [name for name in wanted or benches if name in benches]
    if not wanted:
        return _verdict(missed)
    with services(VAR, durable=False):
        call_command("migrate", verbosity=0)
        made = scale.fill()
        print(f"A million people, {'made now' if made else 'as made before'}.")
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            print(f"PostgreSQL {cursor.fetchone()[0]}")
        setup_test_environment()
        missed += _told(benches[name]() for name in wanted)
        connection.close()
    return _verdict(missed)


def _told(measured: Iterable[Iterable[Line]]) -> list[str]:
    """Print every line as it comes; which of them do not hold."""
    print(HEAD)
    missed = []
    for line in chain.from_iterable(measured):
        print(row(line), flush=True)
        missed += [] if line.held else [line.what]
    return missed


def _verdict(missed: list[str]) -> int:
    print(f"MISSED: {', '.join(missed)}" if missed else "All that was agreed holds.")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
