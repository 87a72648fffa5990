"""What could leak? Every word, number and id of a cast, made recognisable wherever it turns up."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from html import unescape
from urllib.parse import unquote_plus

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from alliance.vault.fields import BlindIndexField, SealedField

ROOMS = frozenset(
    {
        "accounts",
        "employers",
        "providers",
        "candidates",
        "sensitive",
        "documents",
        "placements",
        "records",
        "outcomes",
    }
)
OF_NO_MEANING = frozenset({"password", "sha256", "digest", "text_version", "expected"})
AMOUNTS = frozenset({"hourly", "pay_floor", "pay"})
SHORTEST = 8
UNUSUAL = 90000
WORD = re.compile(r"z[ot][0-9a-f]{4}z")
AMOUNT = re.compile(r"\d[\d,]*\.\d\d")
PHONE = re.compile(r"617\D{0,3}(\d{3})\D{0,2}(\d{4})")
KEY = re.compile(r"(?<![\w.-])4\d{7}(?![\w.-])")
FIRST_KEY, APART = 40_000_000, 100_000
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Canary:
    """One word, and where it lives."""

    ours: bool
    table: str
    column: str
    row: object

    def __str__(self) -> str:
        return f"{'our' if self.ours else 'their'} {self.table}.{self.column} of row {self.row}"


@dataclass
class Aviary:
    """All canaries by the text that gives them away, and the rows they live in."""

    birds: dict[str, Canary] = field(default_factory=dict)
    rows: dict[bool, dict[str, set]] = field(default_factory=lambda: {True: {}, False: {}})

    @contextmanager
    def belonging(self, *, ours: bool) -> Iterator[None]:
        """Whatever is made inside belongs to this side and is made recognisable."""
        before = {model: _keys(model) for model in tenant_models()}
        yield
        for model, known in before.items():
            made = _keys(model) - known
            self.rows[ours].setdefault(model._meta.db_table, set()).update(made)
            for pk in sorted(made, key=str):
                self._mark(model, pk, ours=ours)

    def _mark(self, model: type[models.Model], pk: object, *, ours: bool) -> None:
        words: dict[str, object] = {}
        for column in model._meta.concrete_fields:
            canary = Canary(ours, model._meta.db_table, column.name, pk)
            if isinstance(column, models.AutoField):
                self.birds[str(pk)] = canary
            if isinstance(column, models.UUIDField) and column.name == "public_id":
                found = model._base_manager.values_list("public_id", flat=True).get(pk=pk)
                self.birds[str(found)] = canary
            elif not column.is_relation:
                words |= self._word(column, canary)
        self._seal(model, pk, words)
        if not words:
            return
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=pk).update(**words)
        except DatabaseError:  # append-only: such lines keep the amounts they were made with
            self._remember(model, pk, ours=ours)

    def _seal(self, model: type[models.Model], pk: object, words: dict[str, object]) -> None:
        """Only its own row seals a text: such words are taken out and written through it."""
        row, columns = model._base_manager.get(pk=pk), model._meta
        sealed = [name for name in words if isinstance(columns.get_field(name), SealedField)]
        for name in sealed:
            setattr(row, name, words.pop(name))
        if sealed:
            row.save(update_fields=sealed)

    def _word(self, column: models.Field, canary: Canary) -> dict[str, object]:
        number = len(self.birds)
        if column.name in AMOUNTS:
            amount = Decimal(f"{8 if canary.ours else 9}{number % 1000:03}.37")
            while str(amount) in self.birds:
                amount += 1
            self.birds[str(amount)] = canary
            return {column.name: amount}
        if column.name == "phone":
            digits = f"617{number:07}"
            self.birds[digits] = canary
            return {column.name: f"+1{digits}"}
        if not _is_prose(column):
            return {}
        word = f"z{'o' if canary.ours else 't'}{number:04x}z"
        self.birds[word] = canary
        mail = isinstance(column, models.EmailField)
        return {column.name: f"{word}@example.test" if mail else word}

    def _remember(self, model: type[models.Model], pk: object, *, ours: bool) -> None:
        for column in AMOUNTS & {one.name for one in model._meta.concrete_fields}:
            amount = model._base_manager.values_list(column, flat=True).get(pk=pk)
            if amount >= UNUSUAL:
                self.birds[str(amount)] = Canary(ours, model._meta.db_table, column, pk)

    def found_in(self, text: str) -> set[Canary]:
        """Those that sing in this text."""
        flat = text.lower()
        heard = {*WORD.findall(flat), *UUID.findall(flat), *KEY.findall(flat)}
        heard |= {amount.replace(",", "") for amount in AMOUNT.findall(flat)}
        heard |= {f"617{first}{rest}" for first, rest in PHONE.findall(flat)}
        return {self.birds[said] for said in heard if said in self.birds}


def tenant_models() -> list[type[models.Model]]:
    """Every table with somebody's data, ties between tables included; history lines are the trail's."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ROOMS
        and model._meta.managed
        and not hasattr(model, "pgh_tracked_model")
    ]


def spread_keys() -> None:
    """Let each table count from a number of its own, so that a bare key tells whose row it is.

    Sessions and passkeys too: a key like 37 stands in every page somewhere.
    """
    with connection.cursor() as cursor:
        for place, model in enumerate([*tenant_models(), UserSession, Authenticator]):
            if isinstance(model._meta.pk, models.AutoField):
                first = FIRST_KEY + place * APART
                cursor.execute(
                    "SELECT setval(name, greatest(%s, nextval(name)))"
                    " FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name) AS of",
                    [first, model._meta.db_table, model._meta.pk.column],
                )


def words_of(response) -> str:
    """All a response says, unpacked and unescaped: headers, pages, sheets, calendars, archives."""
    body = response.content if not response.streaming else b"".join(response.streaming_content)
    heads = "\n".join(f"{name}: {value}" for name, value in response.items())
    return f"{heads}\n{words_in(body)}"


def words_in(body: bytes) -> str:
    """What is written in it, whatever it is packed in."""
    if body[:2] == b"\x1f\x8b":
        return words_in(gzip.decompress(body))
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(words_in(packed.read(name)) for name in packed.namelist())
    text = body.decode("utf-8", "replace")
    if text.startswith("BEGIN:VCALENDAR"):
        text = text.replace("\r\n ", "").replace("\r\n\t", "")
    return unquote_plus(unescape(text)) if "%" in text else unescape(text)


def _keys(model: type[models.Model]) -> set:
    return set(model._base_manager.values_list("pk", flat=True))


def _is_prose(column: models.Field) -> bool:
    if isinstance(column, BlindIndexField):
        return False
    if isinstance(column, models.TextField):
        return not column.choices
    wide = isinstance(column, models.CharField) and (column.max_length or 0) >= SHORTEST
    return wide and not column.choices and column.name not in OF_NO_MEANING
