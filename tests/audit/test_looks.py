"""Whoever looks at what is confidential is written down, and those it is about can ask."""

import pytest
from django.contrib import admin
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import bound
from alliance.accounts.models import VIEW_AS
from alliance.audit.actions import note_access
from alliance.audit.desk import WatchedModelAdmin
from alliance.audit.enums import Look
from alliance.audit.facts import accesses_of
from alliance.audit.models import AccessRecord
from alliance.links.enums import Purpose
from candidates.enums import Language
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from placements.models import Placement, WageRecord
from tests.conftest import actor_as, actor_of, browser_with_link
from tests.factories.accounts import ViewAsFactory

CABINET = {
    Look.DEMOGRAPHICS: (Demographics, {}),
    Look.BARRIERS: (Barrier, {"kind": "health"}),
    Look.FORMER_WAGE: (FormerWage, {"was_working": False}),
}
WATCHED = [
    model for model, desk in admin.site._registry.items() if isinstance(desk, WatchedModelAdmin)
]


@pytest.mark.parametrize("look", CABINET)
def test_opening_a_record_of_the_cabinet_is_a_look(cast, broker_browser, broker_membership, look):
    model, facts = CABINET[look]
    person = cast.candidate
    kept = model.objects.create(candidate=person, provider_id=person.provider_id, **facts)
    address = reverse(f"admin:sensitive_{model._meta.model_name}_change", args=[kept.pk])

    response = broker_browser.get(f"{address}?_changelist_filters=q%3DAna")

    [seen] = AccessRecord.objects.all()
    assert (seen.look, seen.what) == (look, f"sensitive.{model._meta.model_name}:{kept.pk}")
    assert seen.candidate_ids == [person.pk]
    assert seen.by_id == broker_membership.user_id
    assert seen.by_organization_id == broker_membership.organization_id
    assert seen.path == address, "without what was searched for"
    assert str(seen.request_id) == response["X-Request-ID"]


@pytest.mark.parametrize("model", [Placement, WageRecord])
def test_staff_who_read_what_a_person_earns_are_written_down(cast, broker_browser, model):
    kept = model.objects.get()

    listed = broker_browser.get(reverse(f"admin:placements_{model._meta.model_name}_changelist"))
    assert not AccessRecord.objects.exists()
    broker_browser.get(reverse(f"admin:placements_{model._meta.model_name}_change", args=[kept.pk]))

    [seen] = AccessRecord.objects.all()
    assert (seen.look, seen.candidate_ids) == (Look.WAGES, [cast.placement.candidate_id])
    assert f"{cast.wage.pay}" not in listed.content.decode(), "the list says only that there is one"


@pytest.mark.parametrize("model", WATCHED, ids=lambda model: model.__name__)
def test_a_list_of_what_is_confidential_answers_only_what_its_filters_offer(model, broker_browser):
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    offered = {one for one in admin.site._registry[model].list_filter if isinstance(one, str)}
    asked = {field.name for field in model._meta.concrete_fields} - offered

    answers = {name: broker_browser.get(page, {f"{name}__gt": "1"}).status_code for name in asked}

    assert answers == dict.fromkeys(asked, 400)


def test_looking_at_a_record_that_is_not_there_is_no_look(cast, broker_browser):
    broker_browser.get(reverse("admin:sensitive_barrier_change", args=[999999]))

    assert not AccessRecord.objects.exists()


def test_a_list_of_people_saved_as_a_file_names_everybody_in_it(cast, rival, provider_browser):
    slug = cast.provider.organization.slug

    provider_browser.get(reverse("candidates:people_csv", args=[slug]) + "?q=")

    [seen] = AccessRecord.objects.all()
    ours = {match.candidate_id for match in cast.matches.values()}
    assert (seen.look, seen.what, seen.persons) == (Look.EXPORT, "people.csv", len(ours))
    assert set(seen.candidate_ids) == ours
    assert seen.by_organization_id == cast.provider.organization_id


def test_an_employer_that_reads_pay_is_written_down_on_the_list_and_on_the_page(
    cast, employer_browser
):
    home = cast.employer.organization.slug

    employer_browser.get(reverse("placements:hires", args=[home]))
    employer_browser.get(reverse("placements:hire", args=[home, cast.placement.public_id]))

    page, listed = accesses_of(cast.placement.candidate_id)
    assert (listed.look, listed.what) == (Look.WAGES, "hires")
    assert (page.look, page.what) == (Look.WAGES, f"placements.placement:{cast.placement.pk}")
    assert page.by_id == cast.employer.user_id


def test_through_somebody_elses_eyes_staff_see_no_pay(cast, broker_membership, broker_browser):
    view = ViewAsFactory(staff=broker_membership.user, membership=cast.employer)
    session = broker_browser.session
    session[VIEW_AS] = view.pk
    session.save()
    page = reverse(
        "placements:hire", args=[cast.employer.organization.slug, cast.placement.public_id]
    )

    response = broker_browser.get(page)

    assert response.status_code == 200
    assert f"{cast.wage.pay}" not in response.content.decode()
    assert not AccessRecord.objects.exists()


def test_a_look_counts_each_person_once_and_is_found_for_each(cast, rival):
    both = [cast.candidate.pk, rival.candidate.pk, cast.candidate.pk]
    note_access(Look.EXPORT, "x.csv", candidates=both, by=Actor.clock(), at=now())
    note_access(Look.DOCUMENT, "y", candidates=[rival.candidate.pk], by=Actor.clock(), at=now())

    assert [look.persons for look in accesses_of(cast.candidate.pk)] == [2]
    assert [look.look for look in accesses_of(rival.candidate.pk)] == ["document", "export"]


def look_at(*candidates, by):
    note_access(Look.BARRIERS, "x", candidates=[one.pk for one in candidates], by=by, at=now())


def my_looks(candidate):
    browser, page = browser_with_link(
        Purpose.MY_PAGE, subject_id=candidate.pk, holder_id=candidate.pk
    )
    return browser.get(page), browser.get(f"{page}looks/")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.ENGLISH,
            ["Who has looked at your sensitive information", "What makes work hard"],
        ),
        (Language.SPANISH, ["Quién ha mirado tu información delicada", "Lo que te dificulta"]),
    ],
)
def test_people_read_who_looked_at_what_is_confidential_about_them(
    cast, rival, broker_membership, language, words
):
    person, broker = cast.candidate, actor_of(broker_membership)
    person.language = language
    person.save()
    look_at(person, by=broker)
    look_at(person, by=actor_of(cast.provider))
    look_at(rival.candidate, by=actor_of(rival.provider))

    page, looks = my_looks(person)

    said = looks.content.decode()
    assert reverse("dashboards:my_looks", args=[looks.wsgi_request.path.split("/")[2]]) in (
        page.content.decode()
    )
    assert all(word in said for word in words)
    assert broker_membership.organization.name in said
    assert cast.provider.organization.name in said
    assert rival.provider.organization.name not in said
    assert broker_membership.user.name not in said, "the organisation, not which of its people"


def test_somebody_nobody_looked_at_reads_that(cast):
    _page, looks = my_looks(cast.candidate)

    assert "Nobody has looked" in looks.content.decode()


def test_the_list_of_looks_costs_the_same_however_long(cast, broker, django_assert_num_queries):
    person = cast.candidate
    browser, page = browser_with_link(Purpose.MY_PAGE, subject_id=person.pk, holder_id=person.pk)
    look_at(person, by=broker)
    with django_assert_num_queries(8) as one:
        browser.get(f"{page}looks/")
    look_at(person, by=actor_of(cast.provider))
    look_at(person, by=actor_of(cast.employer))

    with django_assert_num_queries(len(one)):
        browser.get(f"{page}looks/")


def test_the_database_tells_a_candidate_only_of_looks_at_themselves(cast, rival, broker):
    look_at(cast.candidate, rival.candidate, by=broker)
    look_at(rival.candidate, by=broker)

    with bound(actor_as(cast.candidate)):
        assert AccessRecord.objects.values_list("look").count() == 1
        for secret in ("by_id", "path", "what", "request_id"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                list(AccessRecord.objects.values_list(secret))


def test_each_team_writes_its_looks_under_its_own_name_and_reads_none(cast, rival):
    team = actor_of(cast.provider)

    with bound(team):
        look_at(cast.candidate, by=team)
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            transaction.atomic(),
        ):
            look_at(cast.candidate, by=actor_of(rival.provider))
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            AccessRecord.objects.first()

    assert AccessRecord.objects.get().by_id == team.user_id
