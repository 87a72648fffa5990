"""Who knocked? Staff, at the letters: what left, what was held back, what gave up."""

from django.contrib import admin

from alliance.access.actor import Actor
from alliance.access.verdict import YES, Verdict, no
from alliance.audit.desk import DeskModelAdmin, Step
from alliance.outbox import actions
from alliance.outbox.enums import State
from alliance.outbox.models import Letter


def may_settle(actor: Actor, _letter: Letter) -> Verdict:
    return YES if actor.may_write else no("Your access is to look only.")


def gave_up(letter: Letter) -> bool:
    return letter.state == State.DEAD


@admin.register(Letter)
class LetterAdmin(DeskModelAdmin):
    list_display = ("kind", "state", "queued_at", "sent_at", "attempts", "note")
    list_filter = ("state",)
    search_fields = ("kind", "dedupe_key")
    shows = (
        "kind",
        "ids",
        "state",
        "queued_at",
        "due_at",
        "sent_at",
        "attempts",
        "note",
        "dedupe_key",
    )
    steps = (
        Step(
            verb="send_again",
            label="Send again",
            promise="The letter is written as things stand now and tried from the beginning.",
            act=actions.send_again,
            may=may_settle,
            open_to=gave_up,
        ),
        Step(
            verb="let_go",
            label="Let it go",
            promise="Nobody tries again. The letter stays here, marked as not sent.",
            act=actions.let_go,
            may=may_settle,
            open_to=gave_up,
        ),
    )
