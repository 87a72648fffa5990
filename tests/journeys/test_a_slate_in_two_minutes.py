"""A broker opens the queue, and a slate of five is before the employer: two minutes, fifteen steps of the hand."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta

import pytest
from django.utils.timezone import now

from alliance.lib.calendars import local_date

pytestmark = pytest.mark.journey

MINUTES = 2
STEPS = 15
FIVE = 5
PHONE = {"viewport": {"width": 390, "height": 844}}
# Nobody else's in this house: an employer and a role that no other journey knows.
EMPLOYER = "Lantern Wharf Assays"
OWNER = "noor@lanternwharf.example"
TITLE = "Buffer Technician, Lantern Wharf"


class Stopwatch:
    """The broker's own time and every press, tick and word typed, the page's own looking at included.

    While the candidates think it over nobody waits at the desk.
    """

    def __init__(self, broker):
        self.broker, self.steps, self.spent, self.began = broker, 0, 0.0, 0.0

    def __enter__(self):
        self.began = time.monotonic()
        return self

    def __exit__(self, *_trouble):
        self.spent += time.monotonic() - self.began

    def press(self, words, **where):
        self.steps += 1
        return self.broker.press(words, **where)

    def tick(self, box):
        self.steps += 1
        box.check()

    def write(self, box, words):
        self.steps += 1
        box.fill(words)


def test_from_opening_the_queue_to_a_presented_slate_of_five(house, somebody, sign_ins):
    broker, employer = somebody("broker"), somebody("employer")
    broker.sign_in(sign_ins["broker"]["email"], sign_ins["broker"]["password"])
    a_new_employer_submits_a_role(house, broker, employer)
    watch = Stopwatch(broker)

    with watch:
        broker.open("/admin/")
        watch.press("Approve", within=line_about(broker, f"{EMPLOYER} submitted “{TITLE}”"))
        watch.press("Find people for it", role="link")
        boxes = broker.page.locator("[name=candidate]")
        for place in range(FIVE):
            watch.tick(boxes.nth(place))
        watch.press("Shortlist the ticked")
        watch.press("Ask the ticked")
        letters = broker.page.locator("#content").inner_text()
        watch.press(re.compile("^Send 5 letters"))

    they_say_yes(house, somebody, letters)

    with watch:
        broker.open("/admin/")
        watch.write(broker.page.locator("#desk-find"), TITLE)
        watch.press("Find")
        watch.press(re.compile("^Build a slate"))
        watch.press("See the letter")
        watch.press("Present")

    assert broker.page.get_by_text(f"Presented to {EMPLOYER}").first.is_visible()
    assert broker.page.locator(".bench-column").nth(3).locator(".bench-match").count() == FIVE
    assert TITLE in house.letter_to(OWNER, f"We propose 5 people for {TITLE}")
    print(json.dumps({"steps": watch.steps, "seconds": round(watch.spent, 1)}))  # noqa: T201
    assert watch.steps <= STEPS
    assert watch.spent < MINUTES * 60


def a_new_employer_submits_a_role(house, broker, employer):
    broker.open("/admin/employers/employer/add/")
    broker.page.fill("[name=name]", EMPLOYER)
    broker.page.fill("[name=owner_name]", "Noor Haddad")
    broker.page.fill("[name=owner_email]", OWNER)
    broker.press(re.compile("^Save$"))

    employer.open(house.link_to(OWNER, EMPLOYER))
    employer.page.fill("[name=password]", "nine patient pipettes")
    employer.press(re.compile("Join"))

    form = employer.open("/employers/lantern-wharf-assays/roles/new/")
    form.fill("[name=title]", TITLE)
    form.select_option("[name=occupation]", "lab-technician")
    form.fill("[name=new_site-name]", "Wharf Lab")
    form.fill("[name=new_site-city]", "Boston")
    form.fill("[name=new_site-zip]", "02210")
    employer.press("Add this site")
    form.fill("[name=starts_on]", (local_date(now()) + timedelta(days=45)).isoformat())
    form.fill("[name=pay_min]", "27")
    form.fill("[name=pay_max]", "34")
    form.fill("[name=skills-0-skill]", "Pipetting")
    form.fill("[name=description]", "Prepare buffers and keep the bench running.")
    employer.press("Save and submit for approval")
    assert form.get_by_text("The Alliance is reading it").is_visible()


def they_say_yes(house, somebody, letters):
    asked = sorted(set(re.findall(r"[\w.+-]+@[\w.-]+\w", letters)))
    assert len(asked) == FIVE, asked
    for address in asked:
        candidate = somebody(address, **PHONE)
        candidate.open(house.link_to(address, TITLE))
        candidate.press(re.compile("^(Yes|Sí)"))


def line_about(broker, words):
    return broker.page.locator(".queue-line").filter(has_text=words).first
