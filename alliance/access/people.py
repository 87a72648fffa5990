"""How is a person joined to a row? By name, without what only signing in needs."""

from __future__ import annotations

from typing import TypeVar

from django.contrib.auth import get_user_model
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP

OF_SIGNING_IN = ("password", "last_login")
M = TypeVar("M", bound=Model)


def with_people(rows: QuerySet[M], *columns: str) -> QuerySet[M]:
    """The rows with the people these columns name.

    No persona may read a password, and PostgreSQL refuses a whole statement that asks for one.
    """
    secret = [f"{column}__{field}" for column in columns for field in OF_SIGNING_IN]
    return rows.select_related(*columns).defer(*secret) if columns else rows


def named_people(model: type[Model], related: tuple[str, ...] = ()) -> list[str]:
    """The columns of a model, and the paths among ``related``, that lead to people."""
    own = [field.name for field in model._meta.concrete_fields if field.is_relation]
    return [path for path in dict.fromkeys((*own, *related)) if _at_the_end(model, path)]


def _at_the_end(model: type[Model], path: str) -> bool:
    for step in path.split(LOOKUP_SEP):
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model is get_user_model()
