"""What is done later? Nothing but waking the postman; the letters themselves are rows."""

from __future__ import annotations

from alliance.lib.bell import ring

__all__ = ["nudge", "ring"]


def nudge() -> None:
    """Ask the postman to look now."""
    ring("alliance.outbox.jobs.deliver")
