"""As whom does the database see us? Logins that may do little, and the personas they put on.

A login is what a process connects as; it holds nothing but the tables of signing in. A persona is
what one request or task acts as: entered by ``SET LOCAL ROLE``, left with the transaction, and held
to its own policies by the database even where our code forgets to ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from alliance.access.actor import Actor, Audience


class Persona(StrEnum):
    """Roles that nobody can log in as."""

    ANYBODY = "jc_anybody"
    CANDIDATE = "jc_candidate"
    SUPERVISOR = "jc_supervisor"
    EMPLOYER = "jc_employer"
    PROVIDER = "jc_provider"
    FUNDER = "jc_funder"
    STAFF = "jc_staff"
    ERRAND = "jc_errand"
    """What follows from a move: ends matches, queues letters. Reads no names and no answers."""
    POSTMAN = "jc_postman"
    """Writes and sends letters: reads whom they are for and what they tell."""
    CLERK = "jc_clerk"
    """Counts for publication, keeps and clears the records."""


class Login(StrEnum):
    """What processes connect as, one for each way the image can be run (``CONNECTOR_SERVICE``)."""

    ALL = "jc_all"
    WEB = "jc_web"
    ADMIN = "jc_admin"
    WORKER = "jc_worker"


OF_SERVICE: Mapping[str, Login] = {
    "all": Login.ALL,
    "web": Login.WEB,
    "staff": Login.ADMIN,
    "worker": Login.WORKER,
}
"""Who runs as what: ``CONNECTOR_SERVICE`` names the service."""
PUBLIC = frozenset(
    {
        Persona.ANYBODY,
        Persona.CANDIDATE,
        Persona.SUPERVISOR,
        Persona.EMPLOYER,
        Persona.PROVIDER,
        Persona.FUNDER,
        Persona.ERRAND,
    }
)
MAY_BECOME: Mapping[Login, frozenset[Persona]] = {
    Login.ALL: frozenset(Persona),
    Login.WEB: PUBLIC,
    Login.ADMIN: PUBLIC | {Persona.STAFF, Persona.CLERK},
    # A file of people is taken in as its provider, with no more rights than whoever sent it.
    Login.WORKER: frozenset({Persona.ERRAND, Persona.POSTMAN, Persona.CLERK, Persona.PROVIDER}),
}
PERSONA_OF: Mapping[Audience, Persona] = {
    Audience.BROKER: Persona.STAFF,
    Audience.EMPLOYER: Persona.EMPLOYER,
    Audience.PROVIDER: Persona.PROVIDER,
    Audience.FUNDER: Persona.FUNDER,
    Audience.CANDIDATE: Persona.CANDIDATE,
    Audience.SUPERVISOR: Persona.SUPERVISOR,
    Audience.CLOCK: Persona.ERRAND,
    Audience.NOBODY: Persona.ANYBODY,
}


def persona_of(actor: Actor) -> Persona:
    """What the database is told about who is asking."""
    return PERSONA_OF[actor.audience]
