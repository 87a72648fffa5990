"""Who was turned away? A line for whoever watches the log, and never a flood of lines."""

from __future__ import annotations

import logging
import time
from collections import Counter
from threading import Lock

from alliance.access.actor import Actor

LINES_A_MINUTE = 10
A_MINUTE = 60
log = logging.getLogger("alliance.refused")


class Sparingly:
    """Counts what one person was refused this minute, and forgets it with the minute."""

    def __init__(self, at_most: int = LINES_A_MINUTE) -> None:
        self.at_most = at_most
        self._lock, self._minute, self._counts = Lock(), 0, Counter[str]()

    def count(self, who: str) -> int:
        """The how-manieth refusal of this person in this minute it is."""
        minute = int(time.monotonic() // A_MINUTE)
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._counts.clear()
            self._counts[who] += 1
            return self._counts[who]

    def end_of_line(self, who: str) -> str | None:
        """What ends the next line about this person; ``None`` where no more are written."""
        count = self.count(who)
        if count > self.at_most:
            return None
        return "; more this minute are not written" if count == self.at_most else ""


def note(actor: Actor, *, status: int, path: str, request_id: str, sparingly: Sparingly) -> None:
    """Write down who was refused what; after some lines only that there are more.

    Whoever tries one address after another is seen by the first lines and cannot fill the disk
    with the rest. Strangers are led to the sign-in and are nobody's line.
    """
    who = _who(actor)
    end = sparingly.end_of_line(who)
    if end is None:
        return
    log.warning(
        "Refused with %s: %s (%s, organisation %s) at %s, request %s%s",
        status,
        who,
        actor.audience,
        actor.organization_id,
        path,
        request_id,
        end,
    )


def _who(actor: Actor) -> str:
    if actor.link_id is not None:
        return f"link {actor.link_id}"
    return f"user {actor.seen_by or actor.user_id}"
