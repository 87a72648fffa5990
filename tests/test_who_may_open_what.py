"""One row for every address we serve: who gets in, and what everybody else is told.

A new address without a row fails. Whoever is not named in a row is told what a page that does not
exist would tell them: 404 when signed in, the way to the sign-in when not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from alliance.access.actor import Level
from alliance.accounts.models import AccessReview
from alliance.links.enums import Purpose
from candidates.documents.models import Document
from candidates.intake.models import Upload
from placements.enums import Status
from tests.conftest import Cast, browser_of, browser_with_link
from tests.factories.accounts import AccessReviewFactory, MembershipFactory, OrganizationFactory
from tests.factories.documents import DocumentFactory
from tests.factories.intake import UploadFactory

OK, MOVED, ASIDE, BAD, GONE, TWICE = 200, 302, 403, 422, 404, 409


@dataclass(frozen=True)
class Door:
    """Whose page it is, how it is knocked at, and what the right person is answered."""

    opens_to: str
    own: int = OK
    method: str = "get"
    thing: str = ""
    purpose: Purpose | None = None
    members: int | None = None  # what people with a home are answered, where it differs


EVERYBODY = partial(Door, "everybody")
EMPLOYER = partial(Door, "employer")
PROVIDER = partial(Door, "provider")
FUNDER = partial(Door, "funder")
LINK = partial(Door, "link")
post = {"method": "post"}

TABLE: dict[str, Door] = {
    # public
    "dashboards:front": EVERYBODY(members=MOVED),
    "dashboards:healthz": EVERYBODY(),
    "employers:board": EVERYBODY(),
    "employers:public_role": EVERYBODY(thing="role"),
    "links:follow": EVERYBODY(own=GONE),
    "demo:mailbox": EVERYBODY(),
    "demo:mail": EVERYBODY(own=GONE),
    "demo:attachment": EVERYBODY(own=GONE),
    "demo:code": EVERYBODY(),
    # anybody signed in
    "dashboards:home": Door("members", own=MOVED),
    "accounts:second_step": Door("members", own=MOVED),
    "accounts:prove": Door("members", own=MOVED),
    "accounts:prove_by_code": Door("members"),
    "accounts:go_on": Door("members", own=MOVED),
    "accounts:single_sign_on": Door("members", own=GONE),
    "accounts:end_session": Door("members", own=GONE, **post),
    "accounts:remove_key": Door("members", own=GONE),
    # employers
    "dashboards:employer": EMPLOYER(),
    "employers:roles": EMPLOYER(),
    "employers:new_role": EMPLOYER(),
    "employers:role": EMPLOYER(thing="role"),
    "employers:edit_role": EMPLOYER(thing="role"),
    "employers:preview_role": EMPLOYER(thing="role"),
    "employers:move_role": EMPLOYER(thing="role", own=GONE, **post),
    "employers:sites": EMPLOYER(),
    "placements:matches": EMPLOYER(),
    "placements:match": EMPLOYER(thing="match"),
    "placements:meet": EMPLOYER(thing="match", own=MOVED, **post),
    "placements:pass_on": EMPLOYER(thing="match", own=BAD, **post),
    "placements:invite": EMPLOYER(thing="meeting", own=BAD, **post),
    "placements:offer": EMPLOYER(thing="meeting", own=BAD, **post),
    "placements:accept": EMPLOYER(thing="offered", own=MOVED, **post),
    "placements:start": EMPLOYER(thing="accepted", own=BAD, **post),
    "placements:interview_ics": EMPLOYER(thing="interviewing"),
    "placements:resume": EMPLOYER(thing="meeting"),
    "placements:slate": EMPLOYER(thing="slate"),
    "placements:hires": EMPLOYER(),
    "placements:hire": EMPLOYER(thing="placement"),
    "placements:record_wage": EMPLOYER(thing="placement", own=BAD, **post),
    "placements:separate": EMPLOYER(thing="placement", own=BAD, **post),
    "employer-team:team": EMPLOYER(),
    "employer-team:revoke": EMPLOYER(thing="nothing", own=GONE, **post),
    "employer-team:end": EMPLOYER(thing="employer_member", own=ASIDE, **post),
    "employer-team:resend": EMPLOYER(thing="nothing", own=GONE, **post),
    "employer-team:second_factor": EMPLOYER(own=MOVED, **post),
    "employer-team:change_level": EMPLOYER(thing="employer_member", own=MOVED, **post),
    "employer-team:confirm_review": EMPLOYER(thing="employer_review", own=MOVED, **post),
    # training providers
    "dashboards:provider": PROVIDER(),
    "providers:cohorts": PROVIDER(),
    "providers:new_cohort": PROVIDER(),
    "providers:cohort": PROVIDER(thing="cohort"),
    "providers:programmes": PROVIDER(),
    "providers:programme": PROVIDER(thing="programme"),
    "candidates:people": PROVIDER(),
    "candidates:people_csv": PROVIDER(),
    "candidates:sign_off_many": PROVIDER(own=MOVED, **post),
    "candidates:ask_consent_many": PROVIDER(own=MOVED, **post),
    "candidates:person": PROVIDER(thing="candidate"),
    "candidates:ask_consent": PROVIDER(thing="candidate", own=MOVED, **post),
    "candidates:move_person": PROVIDER(thing="candidate", own=GONE, **post),
    "candidates:documents": PROVIDER(thing="candidate"),
    "candidates:document": PROVIDER(thing="candidate"),
    "candidates:remove_document": PROVIDER(thing="candidate", own=MOVED, **post),
    "candidates:upload": PROVIDER(thing="cohort"),
    "candidates:upload_template": PROVIDER(thing="cohort"),
    "candidates:upload_workbook": PROVIDER(thing="cohort"),
    "candidates:staged": PROVIDER(thing="upload"),
    "candidates:read_anew": PROVIDER(thing="upload", own=MOVED, **post),
    "candidates:columns": PROVIDER(thing="upload"),
    "candidates:row": PROVIDER(thing="upload"),
    "candidates:say_cohort": PROVIDER(thing="upload", own=MOVED, **post),
    "candidates:commit": PROVIDER(thing="upload", own=MOVED, **post),
    "candidates:discard": PROVIDER(thing="upload", own=MOVED, **post),
    "candidates:undo": PROVIDER(thing="upload", own=TWICE, **post),
    "candidates:ask_everybody": PROVIDER(thing="upload", own=TWICE, **post),
    "candidates:refused_rows": PROVIDER(thing="upload"),
    "candidates:refused_workbook": PROVIDER(thing="upload"),
    "placements:answers": PROVIDER(),
    "provider-team:team": PROVIDER(),
    "provider-team:revoke": PROVIDER(thing="nothing", own=GONE, **post),
    "provider-team:end": PROVIDER(thing="provider_member", own=ASIDE, **post),
    "provider-team:resend": PROVIDER(thing="nothing", own=GONE, **post),
    "provider-team:second_factor": PROVIDER(own=MOVED, **post),
    "provider-team:change_level": PROVIDER(thing="provider_member", own=MOVED, **post),
    "provider-team:confirm_review": PROVIDER(thing="provider_review", own=MOVED, **post),
    # funders
    "dashboards:funder": FUNDER(),
    "outcomes:grant": FUNDER(thing="grant"),
    "outcomes:grant_csv": FUNDER(thing="grant"),
    "funder-team:team": FUNDER(),
    "funder-team:revoke": FUNDER(thing="nothing", own=GONE, **post),
    "funder-team:end": FUNDER(thing="funder_member", own=ASIDE, **post),
    "funder-team:resend": FUNDER(thing="nothing", own=GONE, **post),
    "funder-team:second_factor": FUNDER(own=MOVED, **post),
    "funder-team:change_level": FUNDER(thing="funder_member", own=MOVED, **post),
    "funder-team:confirm_review": FUNDER(thing="funder_review", own=MOVED, **post),
    # by a link from a letter
    "dashboards:my_page": LINK(purpose=Purpose.MY_PAGE),
    "dashboards:my_looks": LINK(purpose=Purpose.MY_PAGE),
    "dashboards:my_data": LINK(purpose=Purpose.MY_PAGE),
    "candidates:consent": LINK(purpose=Purpose.CONSENT),
    "candidates:my_documents": LINK(purpose=Purpose.MY_PAGE),
    "candidates:my_document": LINK(purpose=Purpose.MY_PAGE),
    "candidates:remove_my_document": LINK(purpose=Purpose.MY_PAGE, own=MOVED),
    "placements:answer": LINK(purpose=Purpose.ANSWER),
    "placements:my_match": LINK(purpose=Purpose.MY_PAGE, thing="match"),
    "placements:worker_check_in": LINK(purpose=Purpose.WORKER_CHECK_IN),
    "placements:supervisor_check_in": LINK(purpose=Purpose.SUPERVISOR_CHECK_IN),
    "accounts:invitation": LINK(purpose=Purpose.INVITATION, own=GONE),
}
AUDIENCES = ["broker", "employer", "provider", "funder", "signed out"]


def walk(patterns, space="", so_far=()):
    """Every address we serve: its full name and the names of its arguments."""
    for entry in patterns:
        here = (*so_far, *entry.pattern.converters)
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", here
        else:
            inside = f"{entry.namespace}:" if entry.namespace else space
            yield from walk(entry.url_patterns, inside, here)


OF_ALLAUTH = ("account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect_")
SERVED = dict(walk(get_resolver().url_patterns))


def test_the_table_covers_every_address():
    served = {name for name in SERVED if not name.startswith(("admin:", *OF_ALLAUTH))}

    assert served - set(TABLE) == set()
    assert set(TABLE) - served == set()


def _review(organization_id: int) -> int | None:
    reviews = AccessReview.objects.filter(organization_id=organization_id)
    return reviews.values_list("pk", flat=True).first()


def things(cast: Cast) -> dict[str, object]:
    upload = Upload.objects.filter(cohort=cast.cohort).first()
    return {
        "role": cast.role.public_id,
        "match": cast.match.public_id,
        "meeting": cast.matches[Status.MEETING].public_id,
        "interviewing": cast.matches[Status.INTERVIEWING].public_id,
        "offered": cast.matches[Status.OFFERED].public_id,
        "accepted": cast.matches[Status.ACCEPTED].public_id,
        "slate": cast.match.slate.public_id,
        "placement": cast.placement.public_id,
        "cohort": cast.cohort.public_id,
        "programme": cast.cohort.programme.public_id,
        "candidate": cast.candidate.public_id,
        "upload": upload.public_id if upload else None,
        "grant": cast.grant.slug,
        "employer_member": cast.employer.pk,
        "employer_review": _review(cast.employer.organization_id),
        "provider_member": cast.provider.pk,
        "provider_review": _review(cast.provider.organization_id),
        "funder_member": cast.funder.pk,
        "funder_review": _review(cast.funder.organization_id),
        "nothing": "00000000-0000-4000-8000-000000000000",
    }


def document_of(name: str, cast: Cast) -> object:
    """A clean résumé of the person the page is about, where there is a document in its address."""
    if "document" not in SERVED[name]:
        return None
    meeting = cast.matches[Status.MEETING].candidate
    person = meeting if name.startswith("placements:") else cast.candidate
    kept = Document.objects.filter(candidate=person).first()
    return (kept or DocumentFactory(candidate=person)).public_id


def address(name: str, cast: Cast, *, at_home_of: Cast | None = None, link: str = "") -> str:
    """The page about this cast's thing, at their organisation's address or at another's."""
    home = at_home_of or cast
    thing = things(cast).get(TABLE[name].thing)
    known = {
        "employer": home.employer.organization.slug,
        "provider": home.provider.organization.slug,
        "funder": home.funder.organization.slug,
        "public_id": thing,
        "document": document_of(name, cast),
        "grant": thing,
        "invitation": thing,
        "membership": thing,
        "review": thing,
        "link": link or "00000000-0000-4000-8000-000000000000",
        "token": "no-such-token",
        "verb": "no-such-verb",
        "name": "no-such-letter",
        "number": 2,
    }
    return reverse(name, kwargs={argument: known[argument] for argument in SERVED[name]})


def stage(cast: Cast) -> Cast:
    """What a page needs besides the cast: a staged upload, a team to be reviewed."""
    for one in (cast.employer, cast.provider, cast.funder):
        AccessReviewFactory(organization=one.organization)
    UploadFactory(cohort=cast.cohort, uploaded_by=cast.provider.user)
    return cast


def knock(browser: Client, door: Door, url: str) -> int:
    return getattr(browser, door.method)(url).status_code


def answers(door: Door, url: str, people: dict[str, Client]) -> dict[str, int]:
    """What each of them is told; the one it opens to knocks last, since that may change things."""
    order = sorted(people, key=lambda who: who == door.opens_to)
    return {who: knock(people[who], door, url) for who in order}


def browsers(cast: Cast) -> dict[str, Client]:
    broker = MembershipFactory(organization=OrganizationFactory(kind="alliance"))
    return {
        "broker": browser_of(broker),
        "employer": browser_of(cast.employer),
        "provider": browser_of(cast.provider),
        "funder": browser_of(cast.funder),
        "signed out": Client(),
    }


OF_ORGANIZATIONS = [
    name for name, door in TABLE.items() if door.opens_to in ("employer", "provider", "funder")
]
BY_LINK = [name for name, door in TABLE.items() if door.opens_to == "link"]
PUBLIC = [name for name, door in TABLE.items() if door.opens_to == "everybody"]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_is_open_to_everybody(cast, name):
    door = TABLE[name]
    expected = dict.fromkeys(AUDIENCES, door.members or door.own) | {"signed out": door.own}

    assert answers(door, address(name, cast), browsers(cast)) == expected


@pytest.mark.parametrize("name", OF_ORGANIZATIONS)
def test_an_organisations_page_opens_to_its_own_people_only(cast, name):
    door = TABLE[name]
    expected = dict.fromkeys(AUDIENCES, GONE) | {"signed out": MOVED, door.opens_to: door.own}

    assert answers(door, address(name, stage(cast)), browsers(cast)) == expected


@pytest.mark.parametrize("name", OF_ORGANIZATIONS)
def test_a_rival_of_the_same_kind_finds_nothing_at_our_address(cast, rival, name):
    door = TABLE[name]

    answer = knock(browsers(rival)[door.opens_to], door, address(name, stage(cast)))

    assert answer == GONE


@pytest.mark.parametrize("name", [name for name in OF_ORGANIZATIONS if TABLE[name].thing])
def test_a_rival_finds_nothing_of_ours_under_its_own_address(cast, rival, name):
    door = TABLE[name]

    url = address(name, stage(cast), at_home_of=rival)

    assert knock(browsers(rival)[door.opens_to], door, url) == GONE


@pytest.mark.parametrize(
    "name", [name for name in OF_ORGANIZATIONS if TABLE[name].method == "post"]
)
def test_looking_at_an_address_that_acts_does_nothing(cast, name):
    browser = browsers(stage(cast))[TABLE[name].opens_to]

    assert browser.get(address(name, cast)).status_code == 405


def link_for(cast: Cast, purpose: Purpose) -> tuple[Client, str]:
    subject, holder = {
        Purpose.MY_PAGE: (cast.candidate.pk, cast.candidate.pk),
        Purpose.CONSENT: (cast.candidate.pk, cast.candidate.pk),
        Purpose.ANSWER: (cast.match.pk, cast.candidate.pk),
        Purpose.WORKER_CHECK_IN: (cast.worker_check_in.pk, cast.placement.candidate_id),
        Purpose.SUPERVISOR_CHECK_IN: (
            cast.supervisor_check_in.pk,
            cast.employer.organization_id,
        ),
        Purpose.INVITATION: (0, cast.employer.organization_id),
    }[purpose]
    browser, landing = browser_with_link(purpose, subject_id=subject, holder_id=holder)
    return browser, landing.split("/")[2]


@pytest.mark.parametrize("name", BY_LINK)
def test_a_link_opens_its_own_page(cast, name):
    door = TABLE[name]
    browser, link = link_for(cast, door.purpose)

    assert browser.get(address(name, cast, link=link)).status_code == door.own


@pytest.mark.parametrize("name", BY_LINK)
def test_a_link_for_something_else_opens_nothing(cast, name):
    may = {TABLE[name].purpose, *({Purpose.MY_PAGE} if name == "candidates:consent" else ())}
    told = {}

    for purpose in set(Purpose) - may:
        browser, link = link_for(cast, purpose)
        told[purpose] = browser.get(address(name, cast, link=link)).status_code

    assert told == dict.fromkeys(told, GONE)


@pytest.mark.parametrize("name", BY_LINK)
def test_signing_in_does_not_open_a_page_meant_for_a_link(cast, name):
    _, link = link_for(cast, TABLE[name].purpose)

    told = answers(TABLE[name], address(name, cast, link=link), browsers(cast))

    assert told == dict.fromkeys(AUDIENCES, GONE)


def test_a_candidates_link_opens_no_match_of_somebody_else(cast, rival):
    browser, link = link_for(cast, Purpose.MY_PAGE)

    url = address("placements:my_match", rival, link=link)

    assert browser.get(url).status_code == GONE


def test_home_leads_everybody_to_their_own(cast):
    told = answers(TABLE["dashboards:home"], reverse("dashboards:home"), browsers(cast))

    assert told == dict.fromkeys(AUDIENCES, MOVED)


ADMIN = sorted(name for name in SERVED if name.startswith("admin:"))


def desk_address(name: str, cast: Cast) -> str | None:
    known = {
        "object_id": 1,
        "app_label": "placements",
        "public_id": cast.role.public_id,
        "stays": cast.candidate.public_id,
        "goes": cast.matches[Status.ASKED].candidate.public_id,
        "kind": "asked",
        "thing": 1,
        "which": "withdrawn",
        "pk": 1,
        "content_type_id": 1,
        "url": "nowhere",
    }
    if not set(SERVED[name]) <= set(known):
        return None
    try:
        return reverse(name, kwargs={argument: known[argument] for argument in SERVED[name]})
    except NoReverseMatch:  # the admin's own patterns name some arguments by regular expression
        return None


@pytest.mark.parametrize("who", ["employer", "provider", "funder"])
def test_the_desk_does_not_exist_for_other_people(cast, who):
    browser = browsers(cast)[who]

    answers = {
        name: browser.get(url).status_code
        for name in ADMIN
        if name not in {"admin:jsi18n", "admin:logout"} and (url := desk_address(name, cast))
    }

    assert len(answers) > 60
    assert {name: code for name, code in answers.items() if code != GONE} == {}


def test_the_desk_asks_strangers_to_sign_in(cast):
    answers = {
        name: Client().get(url).status_code
        for name in ADMIN
        if name not in {"admin:jsi18n", "admin:logout"} and (url := desk_address(name, cast))
    }

    assert {name: code for name, code in answers.items() if code != MOVED} == {}


def test_a_broker_opens_every_list_at_the_desk(cast):
    browser = browsers(cast)["broker"]

    told = {
        model._meta.label: browser.get(
            reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        ).status_code
        for model in admin.site._registry
    }

    assert told == dict.fromkeys(told, OK)


def test_a_viewer_of_the_alliance_looks_and_does_not_act(cast):
    viewer = MembershipFactory(
        organization=OrganizationFactory(kind="alliance"), level=Level.VIEWER
    )
    browser = browser_of(viewer)

    assert browser.get(reverse("admin:index")).status_code == OK
    assert browser.get(reverse("admin:outcomes_grant_add")).status_code == ASIDE
