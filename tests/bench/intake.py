"""What may taking in a file of people cost? Beside django-import-export, and beside a bare COPY.

The file has 10,000 rows and 20 columns; what it says ends up in eight tables, beside a hundred
thousand people. The peer shows no preview, keeps no list of rows and asks nobody.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from import_export import widgets

from candidates.models import SkillEvidence
from providers.models import Cohort
from tests.bench.files import HEADINGS, emptied, ours, read, say, shown, stage, written
from tests.bench.lines import Line
from tests.bench.peers import copied, imported, plain
from tests.conftest import actor_of

FEW = 2_000
ROWS = 10_000
MANY = 100_000
ROUNDS = 3
PEER_LIMIT, COPY_LIMIT, PREVIEW_LIMIT, LINEAR_LIMIT = 0.1, 8.0, 2000.0, 12.0
MEMORY_LIMIT = 300.0


def lines() -> Iterator[Line]:
    """Every figure that was agreed, in one run, each told as soon as it is measured."""
    yield preview()
    cohort, took = ours(written(ROWS))
    yield Line(
        what=f"{_size(ROWS)}: file to searchable, by COPY",
        ours=took,
        peer=copied(cohort.provider_id),
        limit=COPY_LIMIT,
    )
    skills = _skills(cohort)
    emptied(cohort.provider_id)
    cohort, few = ours(written(FEW))
    emptied(cohort.provider_id)
    yield beside_the_peer(FEW, few, skills)
    yield beside_the_peer(ROWS, took, skills, widgets.CachedForeignKeyWidget)
    yield from many()
    yield beside_the_peer(ROWS, took, skills)


def preview() -> Line:
    """Processor time from the file to its page: ours, and that of the child that reads it."""
    spent = []
    for round_ in range(ROUNDS):
        say(f"preview, {round_ + 1} of {ROUNDS}")
        cohort, member = stage()
        content = written(ROWS)
        began = _processor()
        upload = read(cohort, actor_of(member), content)
        shown(member, upload)
        spent.append((_processor() - began) * 1000)
        assert upload.counts["new"] == ROWS, upload.counts
        emptied(cohort.provider_id)
    return Line(
        what=f"{_size(ROWS)}: preview, processor",
        ours=median(spent),
        limit=PREVIEW_LIMIT,
        limit_of="ms",
        note=f"of {ROUNDS} from {min(spent):.0f} to {max(spent):.0f}; page and reading child included",
    )


def _processor() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def many() -> Iterator[Line]:
    """Ten times as many rows, by a worker that does nothing else and has just taken the fewer: how
    much longer it takes, and what a process holds."""
    with TemporaryDirectory() as folder:
        files = [Path(folder) / f"{rows}.csv" for rows in (ROWS, MANY)]
        for file, rows in zip(files, (ROWS, MANY), strict=True):
            file.write_bytes(written(rows))
        told = subprocess.run(
            [sys.executable, "-c", ALONE, *files], check=True, stdout=subprocess.PIPE, text=True
        )
    (fewer, took), held, child = json.loads(told.stdout.splitlines()[-1])
    yield Line(
        what=f"{MANY:,} rows beside ten times fewer", ours=took, peer=fewer, limit=LINEAR_LIMIT
    )
    yield Line(
        what=f"{MANY:,} rows: most memory of a process",
        ours=max(held, child),
        limit=MEMORY_LIMIT,
        limit_of="MB",
        note=f"a worker {held:.0f}, the child that reads at most {child:.0f}",
    )


ALONE = """
import sys
from pathlib import Path
import django
django.setup()
from alliance.celery import app
app.loader.import_default_modules()
from tests.bench.files import alone
print(alone(*map(Path, sys.argv[1:])))
"""


def beside_the_peer(
    rows: int,
    ours: float,
    skills: list[int],
    kind: type[widgets.ForeignKeyWidget] = widgets.ForeignKeyWidget,
) -> Line:
    """The same file by django-import-export with its bulk settings, as far as it comes: that is the
    peer that was agreed. With its cache of foreign keys, which is no setting, it is told for information."""
    cohort, _member = stage()
    peer, share = imported(cohort, plain(written(rows)), skills, kind)
    emptied(cohort.provider_id)
    cached = kind is widgets.CachedForeignKeyWidget
    done = "the whole of it" if share == 1 else f"the peer was stopped at {share:.0%} of its work"
    return Line(
        what=f"{_size(rows)}: beside import-export",
        ours=ours,
        peer=peer,
        limit=None if cached else PEER_LIMIT,
        note=f"{done}, with its cache of foreign keys" if cached else done,
    )


def _skills(cohort: Cohort) -> list[int]:
    """What the people of this file were said to be able to do."""
    said = SkillEvidence.objects.filter(candidate__provider=cohort.provider_id)
    return list(said.values_list("skill", flat=True).order_by().distinct())


def _size(rows: int) -> str:
    return f"{rows:,} × {len(HEADINGS)}"
