"""What is done later? Waking the scanner; what it scans are rows."""

from __future__ import annotations

from alliance.lib import bell


def nudge() -> None:
    """Ask a worker to look now."""
    bell.ring("candidates.documents.jobs.scan")
