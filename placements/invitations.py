"""How does a calendar read an interview? RFC 5545, one event, the newest sequence wins."""

from __future__ import annotations

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

from placements.models import Interview


def calendar(interview: Interview, *, to: str) -> str:
    """The .ics for one reader: a request, an update, or a cancellation of the same event."""
    cancelled = interview.cancelled_at is not None
    entry = Event()
    entry.add("uid", f"{interview.public_id}@{settings.MAIL_DOMAIN}")
    entry.add("sequence", interview.sequence)
    entry.add("dtstamp", interview.starts_at)
    entry.add("dtstart", interview.starts_at)
    entry.add("dtend", interview.ends_at)
    entry.add("summary", f"Interview: {interview.match.role.title}")
    entry.add("location", interview.place)
    entry.add("description", interview.note)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry["organizer"] = vCalAddress(f"mailto:{settings.DEFAULT_FROM_ADDRESS}")
    entry.add("attendee", vCalAddress(f"mailto:{to}"))
    book = Calendar()
    book.add("prodid", "-//Life Sciences Career Alliance//Job connector//EN")
    book.add("version", "2.0")
    book.add("method", "CANCEL" if cancelled else "REQUEST")
    book.add_component(entry)
    return str(book.to_ical(), "utf-8")
