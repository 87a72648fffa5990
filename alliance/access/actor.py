"""The badge: who is asking, reduced to the facts a policy may read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """The hat a person wears while they ask."""

    BROKER = "broker"
    EMPLOYER = "employer"
    PROVIDER = "provider"
    FUNDER = "funder"
    CANDIDATE = "candidate"
    SUPERVISOR = "supervisor"
    CLOCK = "clock"
    NOBODY = "nobody"


class Level(StrEnum):
    """What a member may do inside their own organisation."""

    OWNER = "owner"
    MEMBER = "member"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Printed by the front desk once per request; policies read nothing else about the asker.

    ``link_id`` and ``subject_id`` are set for people who came by a single-purpose link: the
    link's own key, and the key of the one thing it opens. ``seen_by`` is set while one of the
    Alliance's staff views the product as somebody else: the badge is that person's, the eyes are
    this user's, and nothing can be changed.
    """

    audience: Audience
    user_id: int | None = None
    organization_id: int | None = None
    level: Level | None = None
    candidate_id: int | None = None
    link_id: int | None = None
    purpose: str | None = None
    subject_id: int | None = None
    seen_by: int | None = None

    @property
    def may_write(self) -> bool:
        """A viewer looks, and so does whoever looks through somebody else's eyes; others act."""
        return self.level is not Level.VIEWER and self.seen_by is None

    @classmethod
    def nobody(cls, user_id: int | None = None) -> Actor:
        """A stranger, or somebody signed in but outside any organisation's door."""
        return cls(audience=Audience.NOBODY, user_id=user_id)

    @classmethod
    def clock(cls) -> Actor:
        """Scheduled work, and work that follows from other work, under its own name."""
        return cls(audience=Audience.CLOCK)
