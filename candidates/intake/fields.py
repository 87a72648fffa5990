"""What do we call a column, and what do providers call it?

Case, spaces and punctuation do not count. A word that two of our fields lay claim to is in
``UNCLEAR``: it is asked, never guessed, because a wage of before must not become what somebody asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from alliance.skills.actions import key_of

LEFT_OUT: Final = ""
NOTE: Final = "note"
SKILL: Final = "skill:"
HINTS: Final = ("cohort_starts_on", "cohort_ends_on")
"""What is proposed for a cohort that is to be opened; nobody is taken or refused for it."""
"""``skill:aseptic-technique``: a column that says how well each person does one thing."""

LISTS: Final = ("skills", "credentials")
"""What may stand in several columns, which are then one list."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": (
        *("reference", "ref", "id", "student id", "participant id", "client id", "record"),
        *("record id", "learner id", "number", "id number", "our reference"),
    ),
    "first_name": ("first name", "first", "given name", "forename", "nombre", "legal first name"),
    "last_name": ("last name", "last", "surname", "family name", "apellido", "legal last name"),
    "full_name": (
        *("full name", "name", "student", "student name", "participant", "participant name"),
        *("candidate", "candidate name", "nombre completo", "learner"),
    ),
    "email": ("email", "e-mail", "email address", "mail", "correo", "correo electronico"),
    "phone": (
        *("phone", "phone number", "cell", "cell phone", "mobile", "telephone", "tel"),
        *("mobile number", "mobile phone", "telefono", "cell number", "contact number"),
    ),
    "zip": ("ZIP", "zip code", "home zip", "postal code", "postcode", "zipcode"),
    "language": ("language", "letter language", "preferred language", "primary language"),
    "education": (
        *("education", "highest education", "education level", "level of education"),
        *("highest education level", "highest level of education"),
    ),
    "available_on": ("available from", "available", "available on", "start availability"),
    "shifts": ("shifts", "shift", "can work", "shift preference", "preferred shift"),
    "hours_min": ("hours", "hours a week", "fewest hours", "hours per week"),
    "commute": ("commute", "travels by", "transport", "commute by", "transportation mode"),
    "commute_miles": ("commute miles", "miles", "max miles", "will travel", "distance"),
    "pay_floor": (
        *("pay floor", "lowest pay", "minimum pay", "min hourly pay", "minimum hourly pay"),
        *("desired wage", "desired pay", "expected pay", "minimum acceptable wage"),
    ),
    "programme": ("programme", "our programme", "programa"),
    "cohort": ("cohort", "cohort name", "class", "group name", "section"),
    "cohort_starts_on": (
        *("cohort starts on", "cohort start", "cohort start date", "class start date"),
        *("program start date", "programme start date", "training start date"),
    ),
    "cohort_ends_on": ("cohort ends on", "cohort end", "cohort end date", "class end date"),
    "completed_on": (
        *("completed on", "completed", "completion date", "graduated on", "graduation date"),
        *("date completed", "completion", "training end date", "date training completed"),
    ),
    "signed_off": ("signed off", "sign off", "ready", "job ready"),
    "skills": (
        *("skills", "competencies", "skill list", "skills list", "skill", "competency"),
        *("core competencies", "technical skills", "lab skills", "skills and competencies"),
        *("skills learned", "habilidades", "competencias"),
    ),
    "credentials": ("credentials", "certificates", "certifications", "credential", "certificate"),
    "groups": ("groups", "race", "ethnicity", "race ethnicity", "race and ethnicity"),
    "gender": ("gender", "sex", "gender identity"),
    "birth_year": (
        *("birth year", "year of birth", "date of birth", "dob", "birth date", "birthday"),
        *("fecha de nacimiento",),
    ),
    "barriers": ("barriers", "needs", "support needs"),
    "former_wage": (
        *("former wage", "previous wage", "prior wage", "wage before", "previous hourly wage"),
        *("wage at intake", "pay before", "pre program wage", "wage at program entry"),
    ),
}
LABELS: Final = {name: aliases[0] for name, aliases in COLUMNS.items()} | {"note": "note"}
"""Ours, in the order of the template."""
CONFIDENTIAL: Final = ("groups", "gender", "birth_year", "barriers", "former_wage")
BY_KEY: Final = {key_of(alias): name for name, aliases in COLUMNS.items() for alias in aliases}

UNCLEAR: Final[Mapping[str, tuple[str, ...]]] = {
    key_of(words): claims
    for words, claims in {
        "start date": ("available_on",),
        "end date": ("completed_on",),
        "date": ("completed_on", "available_on"),
        "wage": ("pay_floor", "former_wage"),
        "pay": ("pay_floor", "former_wage"),
        "hourly wage": ("pay_floor", "former_wage"),
        "hourly pay": ("pay_floor", "former_wage"),
        "pay rate": ("pay_floor", "former_wage"),
        "salary": ("pay_floor", "former_wage"),
        "status": ("signed_off",),
        "program": ("programme", "cohort"),
        "program name": ("programme", "cohort"),
        "programme name": ("programme", "cohort"),
        "training program": ("programme", "cohort"),
        "course": ("programme", "cohort"),
        "course name": ("programme", "cohort"),
        "group": ("cohort", "groups"),
        "level": ("education", "skills"),
        "contact": ("email", "phone"),
        "availability": ("available_on", "shifts"),
    }.items()
}
SOMEBODY_ELSE: Final = frozenset(
    [
        "emergency",
        "parent",
        "guardian",
        "mother",
        "father",
        "spouse",
        "partner",
        "instructor",
        "teacher",
        "coach",
        "manager",
        "counselor",
        "counsellor",
        "advisor",
        "case",
        "employer",
        "supervisor",
        "company",
        "reference1",
        "referral",
        "school",
        "kin",
        "next",
    ]
)
"""A heading with one of these is about somebody else: it is never taken for the person's own."""


def label_of(target: str) -> str:
    """What we call a field, for somebody who reads."""
    return LABELS.get(target, target.removeprefix(SKILL).replace("-", " "))
