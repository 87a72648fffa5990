"""What is done later? Waking whoever looks through, takes in and takes back; the work itself is rows."""

from __future__ import annotations

from alliance.outbox.tasks import ring


def nudge() -> None:
    """Ask a worker to go on now. Best effort: the clock looks by itself soon."""
    ring("candidates.intake.jobs.go_on")
