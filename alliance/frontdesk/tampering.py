"""What was sent that no page of ours would send? A line for whoever watches the log, without what was sent.

A choice that was not offered, somebody else's id, a text longer than its field takes: a browser cannot do that by itself,
though a page that was open for long can. Put on Django's own forms, as ``alliance.ui.careful`` is: none can forget it.
"""

from __future__ import annotations

import logging
from functools import wraps
from typing import Any

from django import forms

from alliance.audit.context import told, whence
from alliance.frontdesk.refused import Sparingly

TELLING = frozenset({"invalid_choice", "invalid_list", "invalid_pk_value", "max_length"})
"""Which of Django's reasons a page of ours leaves no room for."""
log = logging.getLogger("alliance.refused")
sparingly = Sparingly()


def everywhere() -> None:
    """From now on every form that refuses such a thing says so, once for each time it is sent."""
    cleaned: Any = forms.BaseForm.full_clean
    if hasattr(cleaned, "__wrapped__"):
        return

    @wraps(cleaned)
    def watched(form: forms.BaseForm) -> None:
        cleaned(form)
        if form.is_bound and (reasons := sorted(_reasons(form))):
            _note(type(form).__name__, reasons)

    form: Any = forms.BaseForm
    form.full_clean = watched


def _reasons(form: forms.BaseForm) -> set[str]:
    """Field and reason, for each that tells."""
    return {
        f"{field} {error.code}"
        for field, errors in form.errors.as_data().items()
        for error in errors
        if error.code in TELLING
    }


def _note(form: str, reasons: list[str]) -> None:
    facts = told()
    who = f"link {facts['link']}" if "link" in facts else f"user {facts.get('user')}"
    end = sparingly.end_of_line(who)
    if end is None:
        return
    log.warning(
        "Refused what no page sends: %s (%s, organisation %s) at %s, %s: %s, request %s%s",
        who,
        facts.get("audience"),
        facts.get("organization"),
        whence().path,
        form,
        ", ".join(reasons),
        facts.get("request"),
        end,
    )
