"""Who, from where and why? Told to the database, so that every version kept can say it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any, cast
from uuid import uuid4

from allauth.account.adapter import get_adapter
from celery.signals import task_postrun, task_prerun
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from alliance.access.actor import Actor, Audience
from alliance.access.doors import BadgedRequest
from alliance.audit.context import Whence, context
from alliance.frontdesk.refused import Sparingly, note
from alliance.lib.redaction import without_tokens

GetResponse = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = "X-Request-ID"
REFUSALS = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS})
_running: dict[str, AbstractContextManager[Any]] = {}


class history:  # noqa: N801 - reads as a step in MIDDLEWARE
    """Opens the context before the badge is read, and writes the badge into it once it is printed.

    The path without its query: what people search for is nobody's history. The address only of
    those who sign in; of people who come by a link the link says enough.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.sparingly = Sparingly()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id, path = uuid4(), without_tokens(request.path)
        source = Whence(path=path, request_id=request_id)
        with context(source, path=path, request=str(request_id)) as facts:
            cast(Any, request).history = facts
            response = self.get_response(request)
            actor = cast(BadgedRequest, request).actor
            if response.status_code in REFUSALS and (actor.user_id or actor.link_id):
                note(
                    actor,
                    status=response.status_code,
                    path=path,
                    request_id=str(request_id),
                    sparingly=self.sparingly,
                )
        response[REQUEST_ID] = str(request_id)
        return response

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> None:
        actor = cast(BadgedRequest, request).actor
        cast(Any, request).history.update(_badge(actor, request))


@task_prerun.connect
def open_task(task_id: str, task: Any, **_rest: object) -> None:
    """A task has no badge but its name."""
    opened = context(Whence(path=task.name), task=task.name, audience=Audience.CLOCK)
    opened.__enter__()
    _running[task_id] = opened


@task_postrun.connect
def close_task(task_id: str, **_rest: object) -> None:
    if opened := _running.pop(task_id, None):
        opened.__exit__(None, None, None)


def _badge(actor: Actor, request: HttpRequest) -> dict[str, Any]:
    facts = {
        "audience": actor.audience,
        "user": actor.user_id,
        "organization": actor.organization_id,
        "candidate": actor.candidate_id,
        "link": actor.link_id,
        "seen_by": actor.seen_by,
        "ip": None if actor.user_id is None else _address(request),
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _address(request: HttpRequest) -> str | None:
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # a server behind a socket that no proxy names anybody to
        return None
