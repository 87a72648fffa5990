"""What happens? Links are made, opened and taken back."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from alliance.access.binding import errand
from alliance.links.enums import Purpose
from alliance.links.models import Link


def mint(purpose: Purpose, *, subject_id: int, holder_id: int, at: datetime, days: int = 14) -> str:
    """Make a link and return its address: the only moment the token exists outside a letter."""
    token = secrets.token_urlsafe(32)
    Link.objects.create(
        purpose=purpose,
        subject_id=subject_id,
        holder_id=holder_id,
        digest=_digest(token),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    return settings.SITE_URL + reverse("links:follow", args=[token])


def find(token: str, *, at: datetime) -> Link | None:
    """The live link with this token. Looking changes nothing: mail scanners look too."""
    return Link.objects.live(at).filter(digest=_digest(token)).first()


@errand()
def mark_used(link_id: int, *, at: datetime) -> None:
    """Remember the first time somebody answered through a link."""
    Link.objects.filter(pk=link_id, first_used_at=None).update(first_used_at=at)


@errand()
def revoke(purpose: Purpose, *, subject_id: int, at: datetime) -> int:
    """Take back every link of this purpose to this thing; how many were live."""
    return (
        Link.objects.live(at).filter(purpose=purpose, subject_id=subject_id).update(revoked_at=at)
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
