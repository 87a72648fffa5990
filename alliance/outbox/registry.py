"""Which letters exist? Upper rooms register a writer for each kind; the outbox knows only names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from alliance.links.enums import Purpose


class Mint(Protocol):
    """Makes a link for the letter being written; in a preview, a blank one."""

    def __call__(
        self, purpose: Purpose, *, subject_id: int, holder_id: int, days: int = 14
    ) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with the letter."""

    name: str
    content: str
    mimetype: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A letter as it will be read: one person, one language."""

    to: str
    subject: str
    text: str
    html: str
    language: str = "en"
    attachments: Sequence[Attachment] = field(default=())


@dataclass(frozen=True, slots=True)
class Withheld:
    """There is no letter to send any more, and why: consent gone, role closed, already answered."""

    reason: str


Writer = Callable[..., Envelope | Withheld]
_WRITERS: dict[str, Writer] = {}


def letter(kind: str) -> Callable[[Writer], Writer]:
    """Register the function that writes letters of this kind.

    It is called as ``writer(mint, **ids)`` when the letter leaves, not when it is queued, so that
    consent and state are those of that moment.
    """

    def register(writer: Writer) -> Writer:
        if kind in _WRITERS:
            raise ValueError(f"Two writers for letters of kind {kind!r}.")
        _WRITERS[kind] = writer
        return writer

    return register


def kinds() -> list[str]:
    """Every kind of letter this house can write."""
    return sorted(_WRITERS)


def write(kind: str, mint: Mint, ids: dict[str, int]) -> Envelope | Withheld:
    """The letter as it stands now."""
    return _WRITERS[kind](mint, **ids)


def compose(
    name: str,
    *,
    to: str,
    language: str = "en",
    attachments: Sequence[Attachment] = (),
    **context: Any,
) -> Envelope | Withheld:
    """Fill ``templates/letters/<name>.{subject.txt,txt,html}`` in the reader's language."""
    if not to:
        return Withheld("There is no e-mail address to write to.")
    context |= {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
    with translation.override(language):
        subject = " ".join(render_to_string(f"letters/{name}.subject.txt", context).split())
        text = render_to_string(f"letters/{name}.txt", context).strip() + "\n"
        html = render_to_string(f"letters/{name}.html", context)
    return Envelope(
        to=to, subject=subject, text=text, html=html, language=language, attachments=attachments
    )


def blank_mint(purpose: Purpose, *, subject_id: int, holder_id: int, days: int = 14) -> str:
    """For previews: shows where the link will be without making one."""
    return f"{settings.SITE_URL}/l/…"
