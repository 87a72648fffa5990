"""From an empty desk to a funder's page: the whole job, each person in a browser of their own."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.utils.timezone import now

from alliance.lib.calendars import local_date

pytestmark = pytest.mark.journey

PEOPLE = """\
reference,first name,last name,email,phone,zip,language,education,available from,shifts,\
commute miles,completed on,signed off,skills
J-1,Marisol,Quiñones,marisol@journey.example,617-555-0161,2118,Spanish,high school,{free},day,\
30,{done},yes,Pipetting:3
J-2,Devon,Achebe,devon@journey.example,617-555-0162,02139,English,certificate,{free},day;evening,\
30,{done},yes,Pipetting:2
J-3,,Nameless,nobody@journey.example,,02139,English,,{free},day,30,,yes,
"""
MARISOL = "marisol@journey.example"
PRIYA = "priya@tidewater.example"
TITLE = "Bench Technician, Buffers"
PHONE = {"viewport": {"width": 390, "height": 844}}
SATURDAY = 5


def test_the_whole_job(house, somebody, sign_ins):
    today = local_date(now())
    broker, provider, funder = (somebody(name) for name in ("broker", "provider", "funder"))
    for person in (broker, provider, funder):
        person.sign_in(sign_ins[person.name]["email"], sign_ins[person.name]["password"])
    employer, stranger = somebody("employer"), somebody("stranger", **PHONE)
    candidate, supervisor = somebody("candidate", **PHONE), somebody("supervisor", **PHONE)

    a_new_employer_joins(house, broker, employer)
    role = it_posts_a_role(employer, today)
    the_alliance_approves_it(broker, stranger, role)
    a_cohort_is_uploaded(provider, today)
    she_decides_on_a_phone_in_spanish(house, candidate)
    she_is_found_and_asked(broker, role)
    she_says_yes(house, candidate)
    she_is_presented(broker, role)
    the_employer_meets_a_blind_face(house, employer, today)
    an_offer_is_made_and_taken(house, employer, candidate, today)
    the_job_starts(employer, stranger, role, today)
    both_sides_say_how_it_goes(house, candidate, supervisor)
    only_the_desk_reads_her_answer(broker, employer)
    the_funder_reads_what_was_published(house, broker, funder, today)


def a_new_employer_joins(house, broker, employer):
    broker.open("/admin/employers/employer/add/")
    broker.page.fill("[name=name]", "Tidewater Biologics")
    broker.page.fill("[name=owner_name]", "Priya Raman")
    broker.page.fill("[name=owner_email]", PRIYA)
    broker.press(re.compile("^Save$"))

    employer.open(house.link_to(PRIYA, "Tidewater Biologics"))
    employer.page.fill("[name=password]", "seven quiet centrifuges")
    employer.press(re.compile("Join"))


def it_posts_a_role(employer, today) -> str:
    """With one mistake on the way, which costs nothing that was typed; the role's public id."""
    form = employer.open("/employers/tidewater-biologics/roles/new/")
    form.fill("[name=title]", TITLE)
    form.select_option("[name=occupation]", "lab-technician")
    form.fill("[name=new_site-name]", "Harbor Lab")
    form.fill("[name=new_site-city]", "Boston")
    form.fill("[name=new_site-zip]", "02210")
    employer.press("Add this site")
    form.fill("[name=starts_on]", (today + timedelta(days=14)).isoformat())
    form.fill("[name=pay_min]", "DOE")
    form.fill("[name=pay_max]", "29")
    form.fill("[name=skills-0-skill]", "Pipetting")
    form.fill("[name=description]", "Prepare buffers and keep the bench running.")
    employer.press("Save and submit for approval")
    assert form.get_by_text("Massachusetts law asks for a pay range").first.is_visible()
    assert form.input_value("[name=title]") == TITLE

    form.fill("[name=pay_min]", "25")
    employer.press("Save and submit for approval")
    assert form.get_by_text("The Alliance is reading it").is_visible()
    return re.search(r"/roles/([0-9a-f-]{36})/", form.url)[1]


def the_alliance_approves_it(broker, stranger, role):
    assert stranger.status_of(f"/roles/{role}/") == 404

    broker.open("/admin/")
    line = broker.page.locator("li, article, tr").filter(
        has_text=f"Tidewater Biologics submitted “{TITLE}”"
    )
    broker.press(re.compile("^Approve"), within=line.last)

    stranger.open(f"/roles/{role}/")


def a_cohort_is_uploaded(provider, today):
    home = re.search(r"(/providers/[^/]+/)", provider.page.url)[1]
    provider.open(f"{home}cohorts/new/")
    provider.page.fill("[name=name]", "Journey cohort")
    provider.page.fill("[name=starts_on]", (today - timedelta(days=70)).isoformat())
    provider.page.fill("[name=ends_on]", (today - timedelta(days=10)).isoformat())
    provider.press(re.compile("Open|Save"))
    cohort = re.search(r"/cohorts/([0-9a-f-]{36})/", provider.page.url)[1]

    provider.open(f"{home}cohorts/{cohort}/upload/")
    text = PEOPLE.format(free=today, done=today - timedelta(days=10))
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
    provider.page.set_input_files("[name=file]", file)
    provider.press("Show me what it would change")
    provider.press(re.compile("^Take 2 people"))
    provider.page.get_by_role("heading", name="The people are in").wait_for()
    provider.look()

    provider.open(f"{home}people/?q=Quiñones")
    provider.press(re.compile("Quiñones"), role="link")
    provider.press(re.compile("letter"))


def she_decides_on_a_phone_in_spanish(house, candidate):
    candidate.open(house.link_to(MARISOL, "Marisol"))
    assert candidate.page.locator("html").get_attribute("lang") == "es"

    for switch in ("matching", "employers", "check_ins", "reports"):
        candidate.page.check(f"[name={switch}]")
    candidate.press("Guardar mi decisión")


def she_is_found_and_asked(broker, role):
    broker.open(f"/admin/roles/{role}/workbench/")
    broker.page.fill("#id_q", "Quiñones")
    broker.press("Look")
    broker.page.locator("[name=candidate]").first.check()
    broker.press("Shortlist the ticked")
    broker.page.locator("[name=match]").first.check()
    broker.press("Ask the ticked")
    broker.press(re.compile("^Send"))


def she_says_yes(house, candidate):
    candidate.open(house.link_to(MARISOL, TITLE))
    candidate.press(re.compile("^Sí"))


def she_is_presented(broker, role):
    """The broker reads the very letter first: no name in it."""
    broker.open(f"/admin/roles/{role}/workbench/")
    broker.page.locator("[name=match]").first.check()
    broker.press(re.compile("Build a slate"))
    broker.press("See the letter")
    assert "Quiñones" not in broker.page.locator("#content").inner_text()
    broker.press("Present")


def the_employer_meets_a_blind_face(house, employer, today):
    letter = house.letter_to(PRIYA, "/slates/")
    assert "Marisol" not in letter
    employer.open(re.search(r"http://\S+/slates/\S+/", letter)[0])
    assert "Marisol" not in employer.page.content()

    employer.press(re.compile("^Meet"))
    assert employer.page.get_by_text("Marisol Quiñones").first.is_visible()

    employer.press("Marisol Quiñones", role="link")
    employer.page.fill("[name=day]", (today + timedelta(days=2)).isoformat())
    employer.page.fill("[name=clock]", "10:00")
    employer.page.fill("[name=place]", "Harbor Lab, front desk")
    employer.press("Send the invitation")
    house.letter_to(MARISOL, "Harbor Lab, front desk")


def an_offer_is_made_and_taken(house, employer, candidate, today):
    offer = employer.page.locator("form[action$='/offer/']")
    offer.locator("[name=pay]").fill("27")
    offer.locator("[name=starts_on]").fill(today.isoformat())
    employer.press("Send the offer")

    candidate.open(house.link_to(MARISOL, "27"))
    candidate.press(re.compile("^Sí, acepto"))


def the_job_starts(employer, stranger, role, today):
    """A week ago, so that the first check-ins of both sides are due now, whatever day it is."""
    employer.open(employer.page.url)
    start = employer.page.locator("form[action$='/start/']")
    start.locator("[name=starts_on]").fill(a_week_before(today).isoformat())
    start.locator("[name=supervisor_name]").fill("Tomasz Nowak")
    start.locator("[name=supervisor_email]").fill("tomasz@tidewater.example")
    employer.press("Confirm the start")

    assert stranger.status_of(f"/roles/{role}/") == 410  # the only opening is taken


def both_sides_say_how_it_goes(house, candidate, supervisor):
    candidate.open(house.link_to(MARISOL, "¿Cómo"))
    candidate.page.locator("[name=still_working]").first.check()
    candidate.page.locator("[name=going]").last.check()
    candidate.page.locator("[name=help]").last.check()
    candidate.page.locator("[name=wants_call]").check()
    candidate.press("Enviar mis respuestas")

    supervisor.open(house.link_to("tomasz@tidewater.example", "Marisol"))
    supervisor.page.locator("[name=still_employed]").first.check()
    supervisor.page.locator("[name=meets_expectations]").last.check()
    supervisor.press("Send my answers")


def only_the_desk_reads_her_answer(broker, employer):
    broker.open("/admin/")
    worry = broker.page.locator("li, article, tr").filter(has_text="Marisol Quiñones")
    assert "call" in worry.first.inner_text()

    employer.open("/employers/tidewater-biologics/hires/")
    employer.press(re.compile("Marisol"), role="link")
    words = employer.page.locator("main").inner_text().lower()
    assert "day 7" in words  # the supervisor's answer is there
    assert "call" not in words


def the_funder_reads_what_was_published(house, broker, funder, today):
    """Once staff put the cohort on the grant it counts one more; Devon has not agreed to be counted.

    The funder's page stays as it was published: two reports that differ by one would tell of her.
    """
    funder.page.locator(".card a").first.click()
    told, before = published(house, funder), counted(house, funder, today)

    broker.open(f"/admin/outcomes/grant/?q={grant_in(funder)}")
    broker.page.locator("th.field-name a").first.click()
    broker.page.locator(".field-cohorts .select2-selection").click()
    broker.page.keyboard.type("Journey cohort")
    broker.page.locator(".select2-results__option", has_text="Journey cohort").click()
    broker.press(re.compile("^Save$"))

    after = counted(house, funder, today)
    assert after["enrolled"] == before["enrolled"] + 1
    assert after["placed"] == before["placed"] + 1
    assert published(house, funder) == told
    assert "Marisol" not in funder.page.content()


def counted(house, funder, today: date) -> dict[str, int]:
    """What the operator's command counts at this moment."""
    told = house.manage("outcomes", grant_in(funder), "--json", "--as-of", today.isoformat())
    return {row["key"]: row["numerator"] for row in json.loads(told)["grants"][0]["figures"]}


def published(house, funder) -> tuple[str, str]:
    """What the grant's page says, and its file."""
    funder.page.reload()
    funder.look()
    path = funder.page.url.removeprefix(house.url)
    file = funder.context.request.get(f"{house.url}{path}grant.csv")
    assert file.status == 200
    return funder.page.locator("main").inner_text(), file.text()


def grant_in(funder) -> str:
    """The slug of the grant whose page is open."""
    return re.search(r"/grants/([\w-]+)/", funder.page.url)[1]


def a_week_before(day: date) -> date:
    """Seven days before the last weekday: day 7 is then open, on a weekend too."""
    weekday = day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))
    return weekday - timedelta(days=7)
