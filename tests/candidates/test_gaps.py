"""What keeps somebody from a match, as their own row says it: the database keeps it, and nobody else."""

import threading

import pytest
from django.db import connection, transaction
from django.utils.timezone import now

from candidates.enums import Gap, Scope, Status
from candidates.models import Candidate, Consent, SkillEvidence
from tests.factories.candidates import CandidateFactory, ConsentFactory, SkillEvidenceFactory

FLAGS = ("agrees_to_matching", "agrees_to_employers", "has_skills")


def flags(person):
    return Candidate.objects.values_list(*FLAGS).get(pk=person.pk)


@pytest.fixture
def somebody(db):
    return CandidateFactory(agrees=[])


def test_a_new_person_agrees_to_nothing_whatever_is_written(db):
    made = CandidateFactory(agrees=[], agrees_to_matching=True, has_skills=True)

    assert flags(made) == (False, False, False)


def test_consent_given_withdrawn_and_deleted_is_followed_at_once(somebody):
    given = [ConsentFactory(candidate=somebody, scope=scope) for scope in Scope]
    assert flags(somebody) == (True, True, False)

    Consent.objects.filter(pk=given[0].pk).update(withdrawn_at=now())
    said = dict(zip((Scope.MATCHING, Scope.EMPLOYERS), flags(somebody), strict=False))
    assert said == {scope: scope != given[0].scope for scope in said}

    Consent.objects.filter(candidate=somebody).delete()
    assert flags(somebody) == (False, False, False)


def test_a_consent_given_again_after_withdrawal_counts(somebody):
    ConsentFactory(candidate=somebody, scope=Scope.EMPLOYERS)
    Consent.objects.update(withdrawn_at=now())
    assert flags(somebody) == (False, False, False)

    ConsentFactory(candidate=somebody, scope=Scope.EMPLOYERS)

    assert flags(somebody) == (False, True, False)


def test_skills_are_followed_to_the_last_one(somebody):
    first, second = (SkillEvidenceFactory(candidate=somebody) for _ in range(2))
    first.delete()
    assert flags(somebody)[2]

    second.delete()

    assert not flags(somebody)[2]


def test_what_moves_to_another_person_is_told_of_both(somebody):
    other = CandidateFactory(agrees=[])
    moved = SkillEvidenceFactory(candidate=somebody)
    ConsentFactory(candidate=somebody, scope=Scope.MATCHING)

    SkillEvidence.objects.filter(pk=moved.pk).update(candidate=other)
    Consent.objects.filter(candidate=somebody).update(candidate=other)

    assert flags(somebody) == (False, False, False)
    assert flags(other) == (True, False, True)


def test_thousands_at_once_are_told_each(db):
    people = [CandidateFactory(agrees=[]) for _ in range(3)]
    skill = SkillEvidenceFactory().skill

    SkillEvidence.objects.bulk_create(
        SkillEvidence(candidate=one, skill=skill, level=2, signed_off_on="2026-03-02")
        for one in people
    )

    assert all(flags(one)[2] for one in people)


def test_who_saves_an_old_copy_of_a_person_changes_nothing_of_it(somebody):
    old = Candidate.objects.get(pk=somebody.pk)
    for scope in Scope:
        ConsentFactory(candidate=somebody, scope=scope)

    old.save()

    assert flags(somebody) == (True, True, False)
    Candidate.objects.filter(pk=somebody.pk).update(agrees_to_employers=False, has_skills=True)
    assert flags(somebody) == (True, True, False)


def test_a_person_who_lacks_nothing_has_no_gap(somebody):
    SkillEvidenceFactory(candidate=somebody)
    for scope in Scope:
        ConsentFactory(candidate=somebody, scope=scope)

    assert Candidate.objects.get(pk=somebody.pk).gaps == []
    assert not any(Candidate.objects.lacking(gap).filter(pk=somebody.pk).exists() for gap in Gap)


def test_who_has_left_lacks_nothing(db):
    gone = CandidateFactory(agrees=[], status=Status.LEFT)

    assert gone.gaps == []
    assert not Candidate.objects.lacking(Gap.CONSENT).filter(pk=gone.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_consents_given_at_the_same_moment_are_both_told():
    somebody = CandidateFactory(agrees=[])
    begun = threading.Event()

    def give_the_other():
        try:
            begun.set()
            ConsentFactory(candidate=somebody, scope=Scope.EMPLOYERS)
        finally:
            connection.close()

    meanwhile = threading.Thread(target=give_the_other)
    with transaction.atomic():
        ConsentFactory(candidate=somebody, scope=Scope.MATCHING)
        meanwhile.start()
        begun.wait(5)
        meanwhile.join(0.3)
    meanwhile.join()

    assert flags(somebody) == (True, True, False)
