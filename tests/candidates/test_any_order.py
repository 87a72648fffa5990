"""Upload, correct, take, crash, press again, undo, in any order: it ends as if done once."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from alliance.access.actor import Actor
from alliance.lib.lifecycle import WrongMoment
from candidates.intake import facts, jobs
from candidates.intake.actions import looking, opening, reading, taking, undoing
from candidates.intake.cohorts import Meant
from candidates.intake.enums import STAGED, Kind, Status
from candidates.intake.models import Upload
from candidates.models import Candidate
from providers.models import Cohort
from tests.candidates.test_taking import Killed, people
from tests.conftest import actor_of
from tests.factories.candidates import CandidateFactory
from tests.factories.skills import SkillFactory

CONTENT = (
    b"reference,first name,last name,e-mail,hours,skills,gender,former wage,completed on,cohort\n"
    b"R0,Ana,Lima,ana@example.test,30,Weighing: 3,woman,18.50,,\n"
    b"R1,Ben,Abe,ben@example.test,20,Weighing: 2,man,,2026-03-02,\n"
    b"R2,,Cole,cy@example.test,25,,,,,\n"
    b"R3,Di,Dove,di@example.test,,,,none,,Spring 2027\n"
    b"R4,Eve,Ede,eve@example.test,40,Weighing: 4,,21.00,,Spring 2027\n"
)
NAMELESS, FIRST_NAME = 4, 1
"""R2 is in line 4 of the file and has no first name."""
AT_WORK_ON = ("_register", "_enrol", "_vouch", "_confide", "_remember", "_tell")
SPRING = {"name": "Spring 2027", "starts_on": date(2027, 1, 4), "ends_on": date(2027, 4, 30)}
STEPS = st.one_of(
    st.sampled_from(["upload", "correct", "say", "take", "work", "undo", "discard"]),
    st.sampled_from([f"die at {step}" for step in (*AT_WORK_ON, "_put_back")]),
)


@dataclass
class Desk:
    """Whoever brings the file, and the worker behind it."""

    cohort: Cohort
    by: Actor
    patch: Any

    @cached_property
    def once(self) -> list[Any]:
        """Everybody, had all been done once and in order."""
        with _undone_afterwards():
            self.as_it_should_be()
            return people(self.cohort.provider)

    @property
    def last(self) -> Upload | None:
        """The file as it stands."""
        return Upload.objects.filter(cohort=self.cohort).order_by("-pk").first()

    def do(self, step: str) -> None:
        """One thing that somebody does; what the moment does not allow is refused and changes
        nothing."""
        try:
            if step.startswith("die at "):
                self.dies(step.removeprefix("die at "))
            else:
                getattr(self, step)()
        except WrongMoment:
            pass

    def upload(self) -> None:
        reading.receive(self.cohort, CONTENT, name="people.csv", by=self.by, at=now())

    def correct(self) -> None:
        if (one := self.last) and one.status in STAGED:
            row = one.rows.get(number=NAMELESS)
            looking.correct(one, row.number, {FIRST_NAME: "Cy"}, by=self.by, at=now())

    def say(self) -> None:
        """That the cohort which is not there is to be opened."""
        if (one := self.last) and one.status in STAGED:
            for name in facts.names_of_no_cohort(one)[0]:
                meant = Meant(name.words, programme=self.cohort.programme_id, **SPRING)
                opening.say_cohort(one, name.called, meant, by=self.by, at=now())

    def take(self) -> None:
        if one := self.last:
            taking.take(one, by=self.by, at=now())
            taking.take(one, by=self.by, at=now())

    def undo(self) -> None:
        if one := self.last:
            undoing.undo(one, by=self.by, at=now())

    def discard(self) -> None:
        if one := self.last:
            reading.discard(one, by=self.by, at=now())

    def work(self) -> None:
        jobs.go_on()

    def dies(self, step: str) -> None:
        """The worker gets as far as this, in whatever file it is at."""
        room = taking if hasattr(taking, step) else undoing
        real = getattr(room, step)

        def gets_so_far(*args: Any, **kwargs: Any) -> Any:
            real(*args, **kwargs)
            raise Killed

        with self.patch.context() as patch:
            patch.setattr(room, step, gets_so_far)
            try:
                jobs.go_on()
            except Killed:
                return

    def as_it_should_be(self) -> None:
        """The file, corrected and taken in."""
        self.work()
        self.upload()
        self.correct()
        self.say()
        self.take_if_anybody_is_left()

    def take_if_anybody_is_left(self) -> None:
        if (one := self.last) and one.status == Status.CHECKED and looking.good(one):
            self.take()
            self.work()


@pytest.fixture
def desk(cast, monkeypatch):
    monkeypatch.setattr(taking, "A_BATCH", 2)
    monkeypatch.setattr(undoing, "A_BATCH", 2)
    SkillFactory(name="Weighing").aliases.create(text="Weighing", key="weighing")
    CandidateFactory(provider=cast.cohort.provider, reference="R0", hours_min=10)
    return Desk(cast.cohort, actor_of(cast.provider), monkeypatch)


@pytest.mark.django_db
@settings(
    max_examples=10,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=1, max_size=9))
@example(
    steps=["upload", "take", "die at _tell", "die at _enrol", "work", "undo", "die at _put_back"]
)
@example(steps=["upload", "correct", "take", "work", "upload", "undo", "work", "upload", "take"])
@example(steps=["upload", "take", "die at _remember", "upload", "correct", "take", "work", "undo"])
@example(
    steps=["upload", "say", "take", "die at _enrol", "work", "undo", "die at _put_back", "upload"]
)
def test_any_order_ends_as_if_it_had_been_done_once(desk, steps):
    provider = desk.cohort.provider
    once = desk.once

    with _undone_afterwards():
        for step in steps:
            desk.do(step)
        desk.as_it_should_be()

        assert people(provider) == once
        assert _counted(desk.last) == 0, "nobody is left to take, and nobody refused"


def _counted(upload: Upload) -> int:
    """Rows that wait for somebody."""
    if upload.status != Status.CHECKED:
        return 0
    return upload.counts[Kind.NEW] + upload.counts[Kind.CHANGED] + upload.counts[Kind.REFUSED]


class _undone_afterwards:  # noqa: N801 - reads as a verb where it is used
    """A world of its own for each example."""

    def __enter__(self) -> None:
        self.all = transaction.atomic()
        self.all.__enter__()

    def __exit__(self, *trouble: Any) -> None:
        if trouble[0] is None:
            transaction.set_rollback(True)
        self.all.__exit__(*trouble)


@pytest.mark.django_db
def test_what_is_undone_leaves_nothing_behind_whatever_broke(desk):
    before = people(desk.cohort.provider)
    for step in ("upload", "correct", "say", "take", "die at _confide", "work"):
        desk.do(step)
    assert people(desk.cohort.provider) != before
    assert Cohort.objects.filter(name="Spring 2027").exists()

    for step in ("undo", "die at _put_back", "work"):
        desk.do(step)

    assert people(desk.cohort.provider) == before
    assert Candidate.objects.filter(reference="R1").count() == 0
    assert not Cohort.objects.filter(name="Spring 2027").exists()
