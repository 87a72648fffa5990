"""The second wall: what the database itself lets each persona see, even where our code asks for all."""

import json
import threading
from contextlib import nullcontext
from functools import partial
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from alliance.access import catalog, roles
from alliance.access.actor import Actor, Audience
from alliance.access.binding import acting_as, bound, errand
from alliance.access.personas import Login, Persona
from alliance.accounts import policy as accounts
from alliance.accounts.models import Membership
from alliance.outcomes import policy as outcomes
from alliance.outcomes.models import Grant
from candidates import policy as candidates
from candidates.actions import withdraw
from candidates.enums import Scope
from candidates.models import (
    Candidate,
    Consent,
    Contact,
    Credential,
    Enrolment,
    SkillEvidence,
)
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from employers import policy as roles_of
from employers.models import Role
from placements import policy as placements
from placements.enums import Status
from placements.models import CheckIn, Interview, Match, Placement, Slate, WageRecord, WorkerAnswer
from providers import policy as providers
from providers.models import Cohort, Programme
from tests.conftest import actor_as, actor_of
from tests.factories.candidates import EnrolmentFactory, SkillEvidenceFactory

BARE = "current_setting('app.organization')::bigint"
ITSELF = "EXISTS (SELECT 1 FROM placements_match seen WHERE seen.role_id = role_id)"
SIDES = ["employer", "provider", "funder"]
COUNTED = {
    *(f"accounts_{one}" for one in ("organization", "membership", "invitation", "user")),
    *("employers_employer", "employers_role", "employers_site", "providers_provider"),
    *(f"placements_{one}" for one in ("slate", "match", "interview", "offer", "placement")),
    *(f"placements_{one}" for one in ("wagerecord", "checkin", "workeranswer")),
    *("placements_supervisoranswer", "outcomes_grant", "outcomes_publication"),
    *("audit_event", "audit_accessrecord", "audit_seal", "records_erasure"),
}


def both_walls(actor):
    """Pairs of the same table: as our own policy scopes it, and as the database shows all of it."""
    member = actor.audience in {Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER}
    pairs = {
        Match: placements.visible_to(actor),
        Interview: placements.interviews_visible_to(actor),
        Placement: placements.placements_visible_to(actor),
        CheckIn: placements.check_ins_visible_to(actor),
    }
    if member:
        pairs[Membership] = accounts.members_visible_to(actor)
    if actor.audience is Audience.EMPLOYER:
        pairs |= {Role: roles_of.visible_to(actor), Slate: placements.slates_visible_to(actor)}
    if actor.audience in {Audience.PROVIDER, Audience.CANDIDATE}:
        pairs[Candidate] = candidates.visible_to(actor)
    if actor.audience is Audience.PROVIDER:
        pairs |= {
            Cohort: providers.visible_to(actor),
            Programme: providers.programmes_visible_to(actor),
        }
    if actor.audience is Audience.FUNDER:
        pairs = {Grant: outcomes.visible_to(actor), Membership: pairs[Membership]}
    return pairs


def keys(found):
    return sorted(found.order_by().values_list("pk", flat=True))


@pytest.mark.django_db
def test_every_table_has_a_wall_and_no_wall_a_fault():
    assert catalog.faults() == []


@pytest.mark.django_db
def test_what_figures_are_counted_from_is_removed_by_nobody():
    held = {wall.table: wall.grants for wall in catalog.walls() if wall.table in COUNTED}

    assert held.keys() == COUNTED
    assert [
        (table, role)
        for table, grants in held.items()
        for role, verbs in grants.items()
        if {"DELETE", "TRUNCATE"} & set(verbs)
    ] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("deed", "fault"),
    [
        ("CREATE TABLE loot (id int)", "loot has no wall"),
        ("GRANT SELECT ON candidates_contact TO PUBLIC", "granted to PUBLIC"),
        ("GRANT SELECT ON sensitive_barrier TO jc_employer", "is sensitive and granted"),
        ("ALTER TABLE placements_match DISABLE ROW LEVEL SECURITY", "no row-level security"),
        ("CREATE POLICY leak ON placements_match USING (true)", "speaks to PUBLIC"),
        ("GRANT SELECT ON placements_match TO jc_web", "no policy speaks of"),
        ("CREATE VIEW leak AS SELECT * FROM candidates_contact", "security_invoker"),
        (
            f"CREATE POLICY leak ON placements_slate TO jc_funder USING (role_id = {BARE})",
            "without nullif",
        ),
        (
            f"CREATE POLICY leak ON placements_slate TO jc_employer USING ({ITSELF})",
            "compares seen.role_id with itself",
        ),
        (
            "GRANT DELETE ON placements_slate TO jc_employer",
            "which no policy speaks of: DELETE",
        ),
    ],
)
def test_the_lint_finds_what_is_wrong(deed, fault):
    with connection.cursor() as cursor:
        cursor.execute(deed)

    assert any(fault in said for said in catalog.faults())


@pytest.mark.django_db
@pytest.mark.parametrize("side", SIDES)
def test_both_walls_agree_about_the_members_of_an_organisation(cast, rival, side):
    actor = actor_of(getattr(cast, side))
    for model, scoped in both_walls(actor).items():
        allowed = keys(scoped)
        with bound(actor):
            seen = keys(model._base_manager.all())
        assert seen == allowed, model
        assert 0 < len(seen) < model._base_manager.count() or model is Interview, model


@pytest.mark.django_db
def test_both_walls_agree_about_a_candidate(cast, rival):
    actor = actor_as(cast.placement.candidate)
    for model, scoped in both_walls(actor).items():
        allowed = keys(scoped)
        with bound(actor):
            assert keys(model._base_manager.all()) == allowed, model


@pytest.mark.django_db
def test_an_employer_reads_names_of_people_it_meets_and_of_nobody_else(cast, rival):
    met = {Status.MEETING, Status.INTERVIEWING, Status.OFFERED, Status.ACCEPTED, Status.STARTED}
    with bound(actor_of(cast.employer)):
        seen = set(Contact.objects.values_list("candidate_id", flat=True))

    assert seen == {cast.matches[status].candidate_id for status in met}


@pytest.mark.django_db
def test_consent_withdrawn_hides_the_person_in_the_database_at_once(cast, at):
    met = cast.matches[Status.MEETING]
    met.candidate.consents.filter(scope=Scope.EMPLOYERS).update(withdrawn_at=at)

    with bound(actor_of(cast.employer)):
        assert not Contact.objects.filter(candidate_id=met.candidate_id).exists()
        assert not Candidate.objects.filter(pk=met.candidate_id).exists()


@pytest.mark.django_db
def test_each_match_knows_whether_its_person_agrees_to_be_shown(cast, at):
    match = cast.matches[Status.MEETING]
    consents = match.candidate.consents.filter(scope=Scope.EMPLOYERS)

    def known():
        match.refresh_from_db()
        return match.consented

    assert known()
    consents.update(withdrawn_at=at)
    assert not known()
    Consent.objects.create(
        candidate=match.candidate,
        scope=Scope.EMPLOYERS,
        text_version="1",
        language="en",
        given_at=at,
    )
    assert known()
    match.candidate.consents.filter(scope=Scope.MATCHING).delete()
    assert known()
    consents.filter(withdrawn_at=None).delete()
    assert not known()


@pytest.mark.django_db
@pytest.mark.parametrize("side", ["owner", "employer", "staff", "errand"])
def test_nobody_makes_a_match_say_that_somebody_agrees_who_does_not(cast, at, side):
    match = cast.matches[Status.MEETING]
    match.candidate.consents.all().update(withdrawn_at=at)
    matches = Match.objects.filter(pk=match.pk)
    mover = {
        "owner": nullcontext,
        "employer": partial(bound, actor_of(cast.employer)),
        "staff": partial(acting_as, Persona.STAFF),
        "errand": errand,
    }
    with mover[side]():
        assert matches.update(consented=True) == 1

    assert not matches.get().consented
    assert Match.objects.filter(consented=True).exists()


@pytest.mark.django_db
def test_a_match_made_up_as_agreed_is_written_as_it_is(cast, at):
    match = cast.matches[Status.PASSED]
    match.candidate.consents.all().update(withdrawn_at=at)
    match.pk, match.public_id, match.consented = None, uuid4(), True

    match.save(force_insert=True)

    assert not Match.objects.get(pk=match.pk).consented


@pytest.mark.django_db(transaction=True)
def test_who_withdraws_while_a_match_is_being_made_waits_and_finds_it(cast, at):
    old = cast.matches[Status.PASSED]
    withdrawn = threading.Event()

    def withdraw_meanwhile():
        try:
            Consent.objects.filter(candidate=old.candidate_id).update(withdrawn_at=at)
        finally:
            connection.close()
            withdrawn.set()

    meanwhile = threading.Thread(target=withdraw_meanwhile)
    with transaction.atomic():
        made = Match.objects.get(pk=old.pk)
        made.pk, made.public_id = None, uuid4()
        made.save(force_insert=True)
        meanwhile.start()
        assert not withdrawn.wait(0.3)
    meanwhile.join()

    assert not Match.objects.filter(candidate=old.candidate_id, consented=True).exists()


@pytest.mark.django_db
def test_consent_withdrawn_takes_past_answers_out_of_an_employers_sight(cast, at):
    passed = cast.matches[Status.PASSED]
    withdraw(passed.candidate, scope=Scope.EMPLOYERS, by=actor_as(passed.candidate), at=at)

    assert not placements.visible_to(actor_of(cast.employer)).filter(pk=passed.pk).exists()
    with bound(actor_of(cast.employer)):
        assert not Match.objects.filter(pk=passed.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [SkillEvidence, Credential, Enrolment])
def test_what_somebody_at_work_can_do_goes_with_their_consent(cast, at, model):
    person = cast.matches[Status.STARTED].candidate
    SkillEvidenceFactory(candidate=person)
    EnrolmentFactory(candidate=person)
    Credential.objects.create(candidate=person, name="OSHA 10")
    with bound(actor_of(cast.employer)):
        assert model.objects.filter(candidate=person).exists()

    withdraw(person, scope=Scope.EMPLOYERS, by=actor_as(person), at=at)

    with bound(actor_of(cast.employer)):
        assert not model.objects.filter(candidate=person).exists()
        assert Candidate.objects.filter(pk=person.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Barrier, Demographics, FormerWage, WorkerAnswer])
@pytest.mark.parametrize("persona", [Persona.EMPLOYER, Persona.FUNDER, Persona.ANYBODY])
def test_the_cabinet_is_closed_to_employers_and_funders(model, persona):
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(persona):
        list(model.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Candidate, Contact, Match, Placement, WageRecord, Barrier])
def test_a_bare_login_reads_nothing_of_anybodys(cast, model):
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(Login.WEB):
        list(model.objects.all())


@pytest.mark.django_db
def test_the_web_login_cannot_become_staff():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role('jc_web', 'jc_staff', 'SET'), pg_has_role('jc_admin', 'jc_staff', 'SET')"
        )
        assert cursor.fetchone() == (False, True)


@pytest.mark.django_db
def test_a_persona_without_its_facts_sees_nothing(cast):
    with bound(Actor(audience=Audience.PROVIDER)):
        assert not Candidate.objects.exists()


@pytest.mark.django_db
def test_a_binding_ends_with_its_frame(cast):
    with bound(actor_of(cast.provider)):
        inside = Candidate.objects.count()

    assert Candidate.objects.count() >= inside > 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role'), current_setting('app.organization')")
        assert cursor.fetchone() == ("none", "")


@pytest.mark.django_db
def test_roles_made_twice_are_made_once():
    assert roles.ensure() == []


@pytest.mark.django_db
def test_the_walls_can_be_read_by_machines(capsys):
    call_command("walls", "--json")
    found = json.loads(capsys.readouterr().out)

    barrier = next(table for table in found["tables"] if table["table"] == "sensitive_barrier")
    assert barrier["sensitive"] is True
    assert "jc_employer" not in barrier["grants"]
    assert found["faults"] == []
