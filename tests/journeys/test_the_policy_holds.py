"""No page asks for what the content security policy refuses: every kind of page, opened for real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest

pytestmark = pytest.mark.journey

EACH = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
AT_MOST = 45
NOT_PAGES = re.compile(
    r"/accounts/logout/|/demo/|\.(csv|xlsx|ics|pdf|docx)|/documents/|/resumes/|/l/"
)
LISTENS = """
document.addEventListener("securitypolicyviolation", (event) => window.refused(
    `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile || ""} at ${location.pathname}`
));
"""
LINKS = "links => links.map(link => link.getAttribute('href'))"


@pytest.fixture
def listened(somebody):
    """Somebody of whose pages every refusal is heard."""

    def enter(name):
        person = somebody(name)
        person.refusals = []

        def refused(said):
            person.refusals.append(said)

        person.context.expose_function("refused", refused)
        person.context.add_init_script(LISTENS)
        return person

    return enter


def shape(path: str) -> str:
    """Pages that differ in whose they are about only are one page."""
    return EACH.sub("*", path)


def pages_from(person, start: str) -> Iterator[str]:
    """Every kind of page that links lead to from here, each once."""
    waiting, known = [start], {shape(start)}
    opened = 0
    while waiting and opened < AT_MOST:
        path = waiting.pop(0)
        response = person.page.goto(person.house.url + path)
        if response is None or "text/html" not in response.headers.get("content-type", ""):
            continue
        opened += 1
        yield path
        for link in person.page.eval_on_selector_all("a[href]", LINKS):
            found = urlsplit(urljoin(person.page.url, link))
            ours = found.netloc == urlsplit(person.house.url).netloc
            if ours and not NOT_PAGES.search(found.path) and shape(found.path) not in known:
                known.add(shape(found.path))
                waiting.append(found.path)


@pytest.mark.parametrize("who", ["stranger", "candidate", "employer", "provider", "funder"])
def test_nothing_is_refused_on_any_kind_of_page(house, listened, sign_ins, who):
    person = listened(who)
    start = "/"
    if who == "candidate":
        person.page.goto(sign_ins[who]["page"])
        start = urlsplit(person.page.url).path
    elif who != "stranger":
        person.sign_in(sign_ins[who]["email"], sign_ins[who]["password"])
        start = urlsplit(person.page.url).path

    opened = list(pages_from(person, start))

    assert len(opened) >= (3 if who in {"stranger", "candidate", "funder"} else 8), opened
    assert person.refusals == []


def test_nothing_is_refused_on_error_pages(house, listened):
    person = listened("stranger")

    for path in ("/no/such/page/", "/l/no-such-token/"):
        person.page.goto(house.url + path)
        assert person.page.title()

    assert person.refusals == []


def test_what_the_policy_refuses_is_heard(house, listened):
    person = listened("stranger")
    person.page.goto(house.url)

    person.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"top:0\"></p>')")

    person.page.wait_for_timeout(500)
    assert person.refusals == ["style-src-attr inline  at /"]


def test_nothing_is_refused_at_the_desk(house, listened, sign_ins):
    """Lists, records, histories, new records, moves, and the pickers of dates and times."""
    broker = listened("broker")
    broker.sign_in(sign_ins["broker"]["email"], sign_ins["broker"]["password"])
    broker.page.goto(f"{house.url}/admin/records/")
    lists = {
        link
        for link in broker.page.eval_on_selector_all("#content a[href]", LINKS)
        if re.fullmatch(r"/admin/\w+/\w+/", link)
    }

    pickers = 0
    for address in ["/admin/", *sorted(lists)]:
        broker.page.goto(house.url + address)
        links = broker.page.eval_on_selector_all("#content a[href]", LINKS)
        for inside in some_of(address, links):
            broker.page.goto(urljoin(house.url + address, inside))
            pickers += open_pickers(broker.page)

    assert len(lists) > 20
    assert pickers > 2
    assert broker.refusals == []


def some_of(address: str, links: list[str]) -> list[str]:
    """The first record of this list, its history and moves, and the page for a new one."""
    record = next((link for link in links if re.search(r"/\w[\w-]*/change/", link)), "")
    history = record.split("change/")[0] + "history/" if record else ""
    new = next((link for link in links if link.endswith("/add/")), "")
    return [link for link in (record, history, new) if link]


def open_pickers(page) -> int:
    """Open every calendar and clock on the page, and choose a day."""
    shown = page.locator(".datetimeshortcuts a:has(span)")
    for number in range(shown.count()):
        shown.nth(number).click()
        page.keyboard.press("Escape")
    return shown.count()
