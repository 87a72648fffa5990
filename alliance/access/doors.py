"""The lock on every view. A view without one fails tests/test_every_door_has_a_lock.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse

from alliance.access.actor import Actor, Audience


class BadgedRequest(HttpRequest):
    """A request that has passed the front desk."""

    actor: Actor


View = Callable[..., HttpResponse]
BY_LINK = frozenset({Audience.CANDIDATE, Audience.SUPERVISOR})
EVERYBODY = frozenset(Audience)


@contextmanager
def hands_off() -> Iterator[None]:
    """While staff look through somebody else's eyes the database itself refuses to write: for a
    view that forgets itself. It holds for one savepoint, and PostgreSQL lifts it with that."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        yield


def open_to(*audiences: Audience) -> Callable[[View], View]:
    """Let only these audiences through.

    Strangers are asked to sign in; people from elsewhere get the same 404 as for a page that
    does not exist, so a foreign organisation cannot be told from an unknown one.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: BadgedRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.actor.audience in audiences:
                if request.actor.seen_by is not None:
                    with hands_off():
                        return view(request, *args, **kwargs)
                return view(request, *args, **kwargs)
            if request.user.is_authenticated or BY_LINK.issuperset(audiences):
                raise Http404
            return redirect_to_login(request.get_full_path())

        lock: Any = guarded
        lock.open_to = frozenset(audiences)
        lock.login_required = False  # this lock has already asked
        return guarded

    return decorate
