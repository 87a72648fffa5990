"""Is history as it was? Seals are put on it, each on top of the last, and checked again.

Numbers are handed out in order and arrive in any: a line may be written now under a lower number
than one that stands already. So a seal notes how far the numbers go, then waits until everybody who
was writing at that moment has finished; whatever arrives below the seal later is not late but false.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from alliance.audit import signals
from alliance.audit.digests import Layout
from alliance.audit.history import SEALED
from alliance.audit.models import Redaction, Seal

LOWEST = -(2**63)
LINES_A_BLOCK = 1000
PATIENCE = 30.0
A_MOMENT = 0.05
FOUNDATION = "0" * 64
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('audit_seal'))"
IN_UTC = "SET LOCAL timezone TO 'UTC'"
# Taken before a line gets its number and held until its transaction ends.
WRITERS = """
SELECT virtualtransaction, relation::regclass::text FROM pg_locks
 WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND relation = ANY(%s::regclass[])
"""
BLOCKS = """
WITH numbered AS (
    SELECT id, digest, (row_number() OVER (ORDER BY id) - 1) / {lines_a_block} AS block
      FROM ({lines}) lines)
SELECT max(id), count(*), encode(sha256(string_agg(digest, ''::bytea ORDER BY id)), 'hex')
  FROM numbered GROUP BY block ORDER BY block
"""
ONE_BLOCK = """
SELECT count(*), encode(sha256(coalesce(string_agg(digest, ''::bytea ORDER BY id), ''::bytea)), 'hex')
  FROM ({lines}) lines
"""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines in a row: the last number, how many, and what they hash to together."""

    through: int
    lines: int
    digest: str


@dataclass(frozen=True, slots=True)
class Range:
    """How far a seal reaches in one table, and its blocks on the way there."""

    layout: Layout
    through: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """Where history is not as it was sealed."""

    seal: int
    table: str
    after: int | None
    through: int | None
    problem: str

    def __str__(self) -> str:
        where = f", {self.table} {self.after} to {self.through}" if self.table else ""
        return f"Seal {self.seal}{where}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check of everything found; ``breaks`` are in the order they were sealed."""

    seals: int
    lines: int
    head: str
    redacted: int
    waiting: Mapping[str, int]
    breaks: tuple[Break, ...]

    @property
    def whole(self) -> bool:
        return not self.breaks


@transaction.atomic
def put(*, at: datetime, patience: float = PATIENCE) -> Seal:
    """Seal every line that is settled. A table that somebody keeps writing to waits for next time."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
        cursor.execute(IN_UTC)
    last = Seal.objects.order_by("number").last()
    reached = {each["table"]: each["through"] for each in last.ranges} if last else {}
    ranges = [
        _range(model, after=reached.get(model._meta.db_table, LOWEST), through=through)
        for model, through in _settled(reached, patience=patience).items()
    ]
    number, previous = (last.number + 1, last.head) if last else (1, FOUNDATION)
    kept = [_as_json(each) for each in ranges]
    seal = Seal.objects.create(
        number=number,
        at=at,
        lines=sum(block.lines for each in ranges for block in each.blocks),
        ranges=kept,
        previous=previous,
        head=_head(number, at, previous, kept),
    )
    signals.sealed.send(Seal, seal=seal, at=at)
    return seal


@transaction.atomic
def verify() -> Report:
    """Count and hash everything again, oldest seal first."""
    with connection.cursor() as cursor:
        cursor.execute(IN_UTC)
    breaks: list[Break] = []
    reached: dict[str, int] = {}
    number, head, lines = 0, FOUNDATION, 0
    for seal in Seal.objects.order_by("number").iterator():
        breaks += _chain(seal, number=number, head=head)
        for kept in seal.ranges:
            breaks += _lines(seal.number, kept, reached)
        number, head, lines = seal.number, seal.head, lines + seal.lines
    return Report(
        seals=number,
        lines=lines,
        head=head,
        redacted=Redaction.objects.count(),
        waiting={
            model._meta.db_table: models.QuerySet(model)
            .filter(pk__gt=reached.get(model._meta.db_table, LOWEST))
            .count()
            for model in _tables()
        },
        breaks=tuple(breaks),
    )


def holds(number: int, head: str) -> bool:
    """Whether the seal of this number still has the head that a letter says it had."""
    return Seal.objects.filter(number=number, head=head).exists()


def _settled(reached: Mapping[str, int], *, patience: float) -> dict[type[models.Model], int]:
    """How far each table may be sealed: to its last line, once those who wrote then are done."""
    ends = {model: _end(model, reached) for model in _tables()}
    tables = [model._meta.db_table for model in ends]
    writing = _writers(tables)
    deadline = time.monotonic() + patience
    while writing and time.monotonic() < deadline:
        time.sleep(A_MOMENT)
        writing &= _writers(tables)
    busy = {table for _transaction, table in writing}
    return {
        model: reached.get(model._meta.db_table, LOWEST) if model._meta.db_table in busy else end
        for model, end in ends.items()
    }


def _end(model: type[models.Model], reached: Mapping[str, int]) -> int:
    last = models.QuerySet(model).aggregate(last=models.Max("pk"))["last"]
    return max(LOWEST if last is None else last, reached.get(model._meta.db_table, LOWEST))


def _writers(tables: list[str]) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(WRITERS, [tables])
        return set(cursor.fetchall())


def _range(model: type[models.Model], *, after: int, through: int) -> Range:
    layout = Layout.of(model)
    statement = BLOCKS.format(lines_a_block=LINES_A_BLOCK, lines=layout.lines())
    with connection.cursor() as cursor:
        cursor.execute(statement, layout.values(model, after=after, through=through))
        blocks = tuple(Block(*row) for row in cursor.fetchall())
    return Range(layout, through, blocks)


def _as_json(reach: Range) -> dict[str, Any]:
    return {
        **asdict(reach.layout),
        "through": reach.through,
        "blocks": [[block.through, block.lines, block.digest] for block in reach.blocks],
    }


def _head(number: int, at: datetime, previous: str, ranges: Iterable[dict[str, Any]]) -> str:
    said = [number, int(at.timestamp()), previous, ranges]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _chain(seal: Seal, *, number: int, head: str) -> Iterator[Break]:
    """Whether a seal sits on the one before and is itself unchanged."""
    if seal.number != number + 1 or seal.previous != head:
        problem = f"it does not sit on seal {seal.number - 1}: a seal is missing or was replaced"
        yield Break(seal.number, "", None, None, problem)
    if seal.head != _head(seal.number, seal.at, seal.previous, seal.ranges):
        yield Break(seal.number, "", None, None, "the seal itself was changed")


def _lines(number: int, kept: Mapping[str, Any], reached: dict[str, int]) -> Iterator[Break]:
    """Whether the lines of one table are as this seal counted and hashed them."""
    table, after = kept["table"], reached.get(kept["table"], LOWEST)
    reached[table] = kept["through"]
    model = next((one for one in _tables() if one._meta.db_table == table), None)
    if model is None:
        yield Break(number, table, after, kept["through"], "the table is not under seal any more")
        return
    layout = Layout(table, kept["key"], tuple(kept["open"]), tuple(kept["personal"]))
    gone = {*layout.open, *layout.personal} - {f.column for f in model._meta.concrete_fields}
    if gone:
        problem = f"the table has lost {', '.join(sorted(gone))}"
        yield Break(number, table, after, kept["through"], problem)
        return
    blocks = [Block(*block) for block in kept["blocks"]]
    if kept["through"] > (blocks[-1].through if blocks else after):
        blocks.append(Block(kept["through"], 0, hashlib.sha256().hexdigest()))
    for block in blocks:
        found, digest = _block(model, layout, after=after, through=block.through)
        if found != block.lines:
            problem = f"{found} lines where {block.lines} were sealed"
            yield Break(number, table, after, block.through, problem)
        elif digest != block.digest:
            yield Break(number, table, after, block.through, "a line was changed")
        after = block.through


def _block(
    model: type[models.Model], layout: Layout, *, after: int, through: int
) -> tuple[int, str]:
    statement = ONE_BLOCK.format(lines=layout.lines())
    with connection.cursor() as cursor:
        cursor.execute(statement, layout.values(model, after=after, through=through))
        found, digest = cursor.fetchone()
    return found, digest


def _tables() -> list[type[models.Model]]:
    return sorted(SEALED, key=lambda model: model._meta.db_table)
