"""Which columns are sealed? Text that only its own row opens, and an index that finds it unread.

What a row holds is sealed when the row is saved and opened when somebody asks the row for it; what
is asked of the database directly (``values``, filters, ``update``) stays sealed or is refused, as
nothing there knows the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from alliance.lib.sealing import Unsealable, place
from alliance.vault import keyring

EMPTY = (None, "")
ASKABLE = frozenset({"exact", "isnull", "in"})


class Sealed:
    """A value as it lies in the database; once opened it remembers where, and what it says."""

    __slots__ = ("kept", "said", "where")

    def __init__(self, kept: str) -> None:
        self.kept = kept
        self.where: str | None = None
        self.said = ""

    def opened(self, where: str) -> str:
        if self.where != where:
            self.said, self.where = keyring.keys().open(self.kept, place=where), where
        return self.said

    def __repr__(self) -> str:
        return "(sealed)"


class SealedAttribute(DeferredAttribute):
    """Opens on reading. Setting what is there already leaves the seal as it is, so that saving a row
    unchanged changes nothing."""

    field: SealedField

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if not isinstance(value, Sealed):
            return value
        return self.field.from_text(value.opened(self.field.place_in(instance)))

    def __set__(self, instance: Any, value: Any) -> None:
        held = instance.__dict__.get(self.field.attname)
        if isinstance(held, Sealed) and not isinstance(value, Sealed) and value not in EMPTY:
            try:
                same = held.opened(self.field.place_in(instance)) == str(value)
            except Unsealable:
                same = False
            if same:
                return
        instance.__dict__[self.field.attname] = value


class SealedField(models.Field):
    """What every sealed column has in common. ``row`` names the fields that name the row: they are
    known before it is saved, and a row never changes them."""

    descriptor_class: ClassVar[type[SealedAttribute]] = SealedAttribute

    def __init__(self, *args: Any, row: tuple[str, ...] = ("pk",), **kwargs: Any) -> None:
        self.row = tuple(row)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"row": self.row}

    def get_internal_type(self) -> str:
        return "TextField"

    def get_lookup(self, lookup_name: str) -> Any:
        """Whether there is anything can be asked; what it says cannot."""
        return super().get_lookup(lookup_name) if lookup_name in ASKABLE else None

    def get_transform(self, lookup_name: str) -> Any:
        return None

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return value if value in EMPTY else Sealed(value)

    def from_text(self, text: str) -> Any:
        return text

    def get_prep_value(self, value: Any) -> Any:
        if value in EMPTY:
            return value
        if isinstance(value, Sealed):
            return value.kept
        raise FieldError(
            f"{self.name} is sealed row by row: set it on the row and save that; look for it with"
            " its blind index."
        )

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What is new is sealed here; what an older key sealed is sealed again."""
        held = model_instance.__dict__.get(self.attname)
        if held in EMPTY:
            return held
        where = self.place_in(model_instance)
        if isinstance(held, Sealed):
            known = held.said if held.where else held.opened(where)
            if held.where == where and keyring.keys().is_newest(held.kept):
                return held
        else:
            known = str(held)
        sealed = Sealed(keyring.keys().seal(known, place=where))
        sealed.where, sealed.said = where, known
        model_instance.__dict__[self.attname] = sealed
        return sealed

    def place_in(self, row: Any) -> str:
        """Where this row keeps it."""
        return self.place_of([getattr(row, name) for name in self.named_by])

    def place_of(self, named: Sequence[Any]) -> str:
        """Where the row of this name keeps it."""
        if None in named:
            raise FieldError(f"{self.name} is sealed to a row that has no name yet ({self.row}).")
        return self.column_in_all + "/".join(map(str, named))

    @cached_property
    def column_in_all(self) -> str:
        """What the places of all rows begin with."""
        return place(self.model._meta.db_table, self.column)

    @cached_property
    def named_by(self) -> tuple[str, ...]:
        """The columns that name the row."""
        own: Any = self.model._meta
        fields = [own.pk if name == "pk" else own.get_field(name) for name in self.row]
        return tuple(field.attname for field in fields)

    def derive(self, rows: Iterable[dict[str, Any]]) -> None:
        """Seal it in rows that are no models but facts by the names of their columns."""
        name, named_by = self.attname, self.named_by
        told = [row for row in rows if row[name] not in EMPTY]
        sealed = self.sealed((row[name], [row[one] for one in named_by]) for row in told)
        for row, kept in zip(told, sealed, strict=True):
            row[name] = kept

    def sealed(self, texts: Iterable[tuple[Any, Sequence[Any]]]) -> list[str]:
        """Each text as it lies in the row whose name stands beside it."""
        places = ((str(text), self.place_of(named)) for text, named in texts)
        return keyring.keys().seal_each(list(places))


class SealedCharField(SealedField, models.CharField):
    """A short text. ``max_length`` is that of the text, not of the seal."""


class SealedTextField(SealedField, models.TextField):
    """A long text."""


class SealedYearField(SealedField):
    """A year."""

    def from_text(self, text: str) -> int:
        return int(text)

    def to_python(self, value: Any) -> int | None:
        return None if value in EMPTY else int(value)

    def formfield(
        self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any
    ) -> Any:
        return super().formfield(form_class or forms.IntegerField, choices_form_class, **kwargs)


class BlindIndexField(models.CharField):
    """Finds the rows whose sealed text is equal to another. Kept in step whenever the row is saved.

    ``of`` names the sealed field, ``alike`` makes different ways of writing one (``None`` for what
    cannot be looked for).
    """

    def __init__(
        self, *args: Any, of: str, alike: Callable[[str], str | None], **kwargs: Any
    ) -> None:
        self.of, self.alike = of, alike
        standing = {"max_length": 64, "default": "", "blank": True, "editable": False}
        super().__init__(*args, **{**standing, **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of, "alike": self.alike}

    def digest(self, said: str) -> str:
        """What stands in the row; empty when there is nothing to look for."""
        return self.writer()(said)

    def writer(self) -> Callable[[str], str]:
        """``digest`` for the many rows of a file."""
        alike_of, write = self.alike, keyring.index().writer(self.about)

        def digest(said: str) -> str:
            alike = alike_of(said) if said else None
            return write(alike) if alike else ""

        return digest

    def digests(self, said: str) -> list[str]:
        """What to look for, by the newest key and by older ones."""
        alike = self.alike(said) if said else None
        return keyring.index().digests(alike, about=self.about) if alike else []

    @cached_property
    def about(self) -> str:
        """The column that it finds."""
        return f"{self.model._meta.db_table}.{self.of}"

    def derive(self, rows: Iterable[dict[str, Any]]) -> None:
        """Make it in rows that are no models but facts by the names of their columns."""
        write = self.writer()
        for row in rows:
            row[self.attname] = write(row[self.of])

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        if self.of in model_instance.__dict__:
            setattr(model_instance, self.attname, self.digest(getattr(model_instance, self.of)))
        return str(getattr(model_instance, self.attname))
