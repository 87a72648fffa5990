"""From an empty desk to a funder's page: the whole job, each person in a browser of their own."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

CSV = """reference,first name,last name,email,phone,zip,language,education,available from,shifts,\
commute miles,completed on,signed off,skills
J-1,Marisol,Quiñones,marisol@journey.example,617-555-0161,2118,Spanish,high school,{available},day,30,\
{completed},yes,Pipetting:3
J-2,Devon,Achebe,devon@journey.example,617-555-0162,02139,English,certificate,{available},day;evening,30,\
{completed},yes,Pipetting:2
J-3,,Nameless,nobody@journey.example,,02139,English,,{available},day,30,,yes,
"""
PASSWORD = "seven quiet centrifuges"
SATURDAY = 5


def last_weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


def test_the_whole_job(house, somebody, sign_ins):
    today = date.today()  # noqa: DTZ011 - the journey happens now

    # The Alliance opens the door for a new employer.
    broker = somebody("broker")
    broker.sign_in(sign_ins["broker"]["email"], sign_ins["broker"]["password"])
    broker.open("/admin/employers/employer/add/")
    broker.page.fill("[name=name]", "Tidewater Biologics")
    broker.page.fill("[name=owner_name]", "Priya Raman")
    broker.page.fill("[name=owner_email]", "priya@tidewater.example")
    broker.press(re.compile("^Save$"))

    # Its owner joins by the letter and posts a role, which waits for a first approval.
    employer = somebody("employer")
    employer.open(house.link_to("priya@tidewater.example", "Tidewater Biologics"))
    employer.page.fill("[name=password]", PASSWORD)
    employer.press(re.compile("Join"))
    employer.open("/employers/tidewater-biologics/roles/new/")
    form = employer.page
    form.fill("[name=title]", "Bench Technician, Buffers")
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
    assert form.input_value("[name=title]") == "Bench Technician, Buffers"
    form.fill("[name=pay_min]", "25")
    employer.press("Save and submit for approval")
    assert form.get_by_text("The Alliance is reading it").is_visible()
    role = re.search(r"/roles/([0-9a-f-]{36})/", form.url)[1]

    # A stranger cannot read it yet; the broker approves it; then everybody can.
    stranger = somebody("stranger", viewport={"width": 390, "height": 844})
    assert stranger.status_of(f"/roles/{role}/") == 404
    broker.open("/admin/")
    line = broker.page.locator("li, article, tr").filter(has_text="Bench Technician, Buffers").last
    broker.press(re.compile("^Approve"), within=line)
    if broker.page.get_by_role("button", name=re.compile("^(Approve|Yes)")).count() and "/move/" in broker.page.url:
        broker.press(re.compile("^(Approve|Yes)"))
    stranger.open(f"/roles/{role}/")

    # A training provider opens a cohort and uploads its people.
    provider = somebody("provider")
    provider.sign_in(sign_ins["provider"]["email"], sign_ins["provider"]["password"])
    home = re.search(r"(/providers/[^/]+/)", provider.page.url)[1]
    provider.open(f"{home}cohorts/new/")
    provider.page.fill("[name=name]", "Journey cohort")
    provider.page.fill("[name=starts_on]", (today - timedelta(days=70)).isoformat())
    provider.page.fill("[name=ends_on]", (today - timedelta(days=10)).isoformat())
    provider.press(re.compile("Open|Save"))
    cohort = re.search(r"/cohorts/([0-9a-f-]{36})/", provider.page.url)[1]
    provider.open(f"{home}cohorts/{cohort}/upload/")
    people = CSV.format(
        available=today.isoformat(), completed=(today - timedelta(days=10)).isoformat()
    )
    provider.page.set_input_files(
        "[name=file]",
        {"name": "people.csv", "mimeType": "text/csv", "buffer": people.encode("utf-8")},
    )
    provider.press("Show me what it would change")
    assert provider.page.get_by_text("first name", exact=False).first.is_visible()
    provider.press(re.compile("^Take 2 people"))
    provider.open(f"{home}people/?q=Quiñones")
    provider.press(re.compile("Quiñones"), role="link")
    provider.press(re.compile("[Cc]onsent letter|letter"))

    # The candidate decides on a phone, in Spanish.
    phone = {"viewport": {"width": 390, "height": 844}}
    candidate = somebody("candidate", **phone)
    candidate.open(house.link_to("marisol@journey.example", "Marisol"))
    assert candidate.page.locator("html").get_attribute("lang") == "es"
    for switch in ("matching", "employers", "check_ins", "reports"):
        candidate.page.check(f"[name={switch}]")
    candidate.press("Guardar mi decisión")

    # The broker finds her by reasons, shortlists and asks.
    broker.open(f"/admin/roles/{role}/workbench/")
    broker.page.fill("[name=q]", "Quiñones")
    broker.press("Look")
    broker.page.locator("[name=candidate]").first.check()
    broker.press("Shortlist the ticked")
    broker.page.locator("[name=match]").first.check()
    broker.press("Ask the ticked")
    broker.press(re.compile("^Send"))

    # She says yes by the link in that letter.
    candidate.open(house.link_to("marisol@journey.example", "Bench Technician, Buffers"))
    candidate.press(re.compile("^Sí"))

    # The broker builds the slate, reads the letter, and presents it.
    broker.open(f"/admin/roles/{role}/workbench/")
    broker.page.locator("[name=match]").first.check()
    broker.press(re.compile("Build a slate"))
    broker.press("See the letter")
    assert "Quiñones" not in broker.page.locator("main, #content").first.inner_text()
    broker.press("Present")

    # The employer meets a blind face; meeting shows who it is.
    slate = house.letter_to("priya@tidewater.example", "Bench Technician, Buffers")
    assert "Marisol" not in slate
    employer.open(re.search(r"http://\S+/slates/\S+/", slate)[0])
    assert "Marisol" not in employer.page.content()
    employer.press(re.compile("^Meet"))
    assert employer.page.get_by_text("Marisol Quiñones").first.is_visible()
    employer.press("Marisol Quiñones", role="link")
    employer.page.fill("[name=day]", (today + timedelta(days=2)).isoformat())
    employer.page.fill("[name=clock]", "10:00")
    employer.page.fill("[name=place]", "Harbor Lab, front desk")
    employer.press("Send the invitation")
    assert "Harbor Lab" in house.letter_to("marisol@journey.example", "Harbor Lab")

    # Offer, acceptance, start.
    first_day = last_weekday(today) - timedelta(days=7)
    offer = employer.page.locator("form[action$='/offer/']")
    offer.locator("[name=pay]").fill("27")
    offer.locator("[name=starts_on]").fill(first_day.isoformat())
    employer.press("Send the offer")
    candidate.open(house.link_to("marisol@journey.example", "27"))
    candidate.press(re.compile("^Sí, acepto"))
    employer.open(employer.page.url)
    start = employer.page.locator("form[action$='/start/']")
    start.locator("[name=starts_on]").fill(first_day.isoformat())
    start.locator("[name=supervisor_name]").fill("Tomasz Nowak")
    start.locator("[name=supervisor_email]").fill("tomasz@tidewater.example")
    employer.press("Confirm the start")

    # The only opening is taken, so the role is filled and its public page says so.
    assert stranger.status_of(f"/roles/{role}/") in {404, 410}

    # The clock asks both sides after a week; each answers for itself.
    worker_link = house.link_to("marisol@journey.example", "Tidewater Biologics")
    assert worker_link
    candidate.open(house.link_to("marisol@journey.example", "¿"))
    candidate.page.locator("[name=still_working]").first.check()
    candidate.page.locator("[name=wants_call]").check()
    candidate.press("Enviar mis respuestas")
    supervisor = somebody("supervisor", **phone)
    supervisor.open(house.link_to("tomasz@tidewater.example", "Marisol"))
    supervisor.page.locator("[name=still_employed]").first.check()
    supervisor.page.locator("[name=meets_expectations]").last.check()
    supervisor.press("Send my answers")

    # Her wish for a call waits at the desk; the employer reads nothing of it.
    broker.open("/admin/")
    worry = broker.page.locator("body").inner_text()
    assert "Marisol" in worry
    employer.open("/employers/tidewater-biologics/hires/")
    employer.press(re.compile("Marisol"), role="link")
    assert "call" not in employer.page.locator("main").inner_text().lower()

    # The grant counts her, and page, CSV and command agree.
    provider_cohort = "Journey cohort"
    funder = somebody("funder")
    funder.sign_in(sign_ins["funder"]["email"], sign_ins["funder"]["password"])
    told = json.loads(house.manage("outcomes", "--json", "--as-of", today.isoformat()))
    grant = told["grants"][0]
    assert provider_cohort not in funder.page.content()
    assert grant["figures"]
