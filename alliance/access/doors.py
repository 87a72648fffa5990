"""The lock on every view. A view without one fails tests/test_every_door_has_a_lock.py."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from alliance.access.actor import Actor, Audience


class BadgedRequest(HttpRequest):
    """A request that has passed the front desk.

    ``proved_lately``: whoever signed in showed a moment ago that it is them.
    """

    actor: Actor
    proved_lately: bool


View = Callable[..., HttpResponse]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TO_GO_ON = "to_go_on"  # the session's key to what somebody was about to send
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


def fresh(view: View) -> View:
    """Ask whoever signed in some time ago whether it is still them, before this opens. For what
    must not be open to whoever finds a browser left alone: exports, and what is confidential.

    People who come by a link have nothing to be asked for: their link is for one thing and short.
    """

    @wraps(view)
    def guarded(request: BadgedRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor.user_id is None or request.proved_lately:
            return view(request, *args, **kwargs)
        return ask_again(request)

    lock: Any = guarded
    lock.fresh = True
    return guarded


def fresh_to_act(view: View) -> View:
    """The same for a page that everybody may look at and not everybody change: only what is sent
    is asked about."""

    @wraps(view)
    def guarded(request: BadgedRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in SAFE or request.proved_lately:
            return view(request, *args, **kwargs)
        return ask_again(request)

    return guarded


def ask_again(request: BadgedRequest) -> HttpResponse:
    """To the page that asks, and from there back to what they were doing. What was sent waits in
    the session, to be sent again by their own hand."""
    if request.method in SAFE:
        wished = request.get_full_path()
    else:
        wished = reverse("accounts:go_on")
        request.session[TO_GO_ON] = {
            "path": request.get_full_path(),
            "sent": [
                (name, value)
                for name, values in request.POST.lists()
                for value in values
                if name != "csrfmiddlewaretoken"
            ],
            "at": time.time(),
        }
    return lead(
        request, f"{reverse('accounts:prove')}?{urlencode({'next': _page(request, wished)})}"
    )


def lead(request: HttpRequest, way: str) -> HttpResponse:
    """Take the whole page there, also where htmx asked for a part of one."""
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(way)
    return HttpResponseRedirect(way)


def _page(request: HttpRequest, wished: str) -> str:
    """A part of a page is nowhere to go back to; the page around it is."""
    htmx = getattr(request, "htmx", None)
    if htmx and request.method in SAFE:
        return str(htmx.current_url_abs_path or "/")
    return wished
