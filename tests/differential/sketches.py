"""What could the world look like? Drawn by chance, in a few words; and one that has everything twice."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from alliance.access.actor import Level
from candidates.documents.enums import Kind as DocumentKind
from candidates.documents.enums import Status as DocumentStatus
from candidates.enums import Scope
from employers.enums import Status as RoleStatus
from placements.enums import Status


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in training. ``consents``: for each scope never, taken back, or standing."""

    provider: int
    consents: tuple[bool | None, ...]
    enrolled: bool = True
    document: tuple[DocumentKind, DocumentStatus] | None = None
    looked_at_by: int | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """Somebody put forward for a role, and what came of it."""

    person: int
    role: int
    status: Status
    asked: bool = True
    hidden: bool = False
    answered: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Sketch:
    """A world in a few words. Numbers go round: the fourth of three employers is the first."""

    employers: int
    providers: int
    roles: tuple[tuple[int, RoleStatus, bool], ...]
    people: tuple[Person, ...]
    puts: tuple[Put, ...]
    members: tuple[tuple[int, Level, bool], ...]
    publications: tuple[tuple[int, bool], ...]
    deeds: tuple[tuple[int, int], ...]


CONSENTS = st.tuples(*(st.sampled_from([None, False, True, True]) for _ in Scope))
PEOPLE = st.builds(
    Person,
    provider=st.integers(0, 2),
    consents=CONSENTS,
    enrolled=st.booleans(),
    document=st.none()
    | st.tuples(st.sampled_from(list(DocumentKind)), st.sampled_from(list(DocumentStatus))),
    looked_at_by=st.none() | st.integers(0, 5),
)
PUTS = st.builds(
    Put,
    person=st.integers(0, 5),
    role=st.integers(0, 5),
    status=st.sampled_from([*Status, Status.STARTED, Status.STARTED, Status.MEETING]),
    asked=st.sampled_from([True, True, False]),
    hidden=st.sampled_from([False, False, False, True]),
    answered=st.booleans(),
    named=st.booleans(),
)
SKETCHES = st.builds(
    Sketch,
    employers=st.integers(2, 3),
    providers=st.integers(2, 3),
    roles=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(list(RoleStatus)), st.booleans()),
        min_size=1,
        max_size=5,
    ).map(tuple),
    people=st.lists(PEOPLE, min_size=2, max_size=5).map(tuple),
    puts=st.lists(PUTS, max_size=10).map(tuple),
    members=st.lists(
        st.tuples(st.integers(0, 8), st.sampled_from(list(Level)), st.booleans()), max_size=3
    ).map(tuple),
    publications=st.lists(st.tuples(st.integers(0, 1), st.booleans()), max_size=4).map(tuple),
    deeds=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40)), max_size=8).map(tuple),
)
AGREES = tuple(True for _ in Scope)
# One world in which everything that can be told apart is there twice: for asking about each policy.
RICH = Sketch(
    employers=3,
    providers=3,
    roles=tuple(
        (employer, status, opened)
        for employer in (0, 1)
        for status, opened in (
            *((status, True) for status in RoleStatus),
            (RoleStatus.CLOSED, False),
        )
    ),
    people=tuple(
        Person(provider, consents, document=(kind, status), looked_at_by=(provider + 1) % 6)
        for provider, consents, kind, status in (
            (0, AGREES, DocumentKind.RESUME, DocumentStatus.CLEAN),
            (1, AGREES, DocumentKind.RESUME, DocumentStatus.CLEAN),
            (0, (True, False, None, None), DocumentKind.RESUME, DocumentStatus.CLEAN),
            (1, AGREES, DocumentKind.CERTIFICATE, DocumentStatus.CLEAN),
            (0, AGREES, DocumentKind.RESUME, DocumentStatus.QUARANTINED),
            (1, (None,) * len(Scope), DocumentKind.RESUME, DocumentStatus.CLEAN),
            (2, AGREES, DocumentKind.RESUME, DocumentStatus.CLEAN),
            (1, AGREES, DocumentKind.RESUME, DocumentStatus.CLEAN),
            (0, AGREES, DocumentKind.RESUME, DocumentStatus.CLEAN),
        )
    ),
    puts=(
        *(
            Put(person, role, status, asked=status != Status.SHORTLISTED, answered=True)
            for person, role, status in (
                *((0, number, status) for number, status in enumerate(Status)),
                *((1, number + 3, status) for number, status in enumerate(Status)),
                (2, 0, Status.MEETING),
                (2, 1, Status.STARTED),
                (3, 0, Status.MEETING),
                (4, 8, Status.OFFERED),
                (5, 9, Status.PRESENTED),
            )
        ),
        Put(7, 1, Status.PRESENTED, named=True),
        Put(7, 8, Status.PASSED, named=True),
        Put(8, 8, Status.PRESENTED, named=True),
        Put(6, 0, Status.MEETING, hidden=True),
    ),
    members=tuple(
        (organization, level, ended)
        for organization in range(9)
        for level, ended in ((Level.MEMBER, False), (Level.VIEWER, True))
    ),
    publications=((0, True), (0, False), (1, True), (1, False)),
    deeds=tuple((member, subject) for member in range(9) for subject in range(0, 60, 7)),
)
