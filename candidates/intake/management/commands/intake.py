"""Who knocked? The operator, with a provider's file in hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from alliance.access.actor import Actor, Audience, Level
from alliance.access.binding import acting_as, bound
from alliance.access.personas import Persona
from alliance.accounts.models import Membership
from alliance.skills.actions import key_of
from alliance.tables.reading import Unreadable
from candidates.intake import facts, mapping
from candidates.intake.actions import looking, opening, reading, taking
from candidates.intake.cohorts import Meant
from candidates.intake.competencies import known_skills, nearest, unknown_in
from candidates.intake.enums import Kind, Status
from candidates.intake.fields import COLUMNS, LEFT_OUT, NOTE, SKILL
from candidates.intake.models import Upload
from providers.models import Cohort, Programme

NAMES_AT_MOST = 1000


class Command(BaseCommand):
    help = "Take a file of people in, as somebody of their provider would on the page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("provider", help="The provider's short name, as in its addresses")
        parser.add_argument("cohort", help="Public id or name of the cohort")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="HEADER=FIELD",
            help="What a column is; FIELD is empty to leave it out. May be given again and again",
        )
        parser.add_argument(
            "--cohort",
            action="append",
            default=[],
            dest="meant",
            metavar="NAME=COHORT",
            help="Which cohort a name in the file means: public id or name of one that is there, or"
            " FIRST..LAST, two days, to open one of that name. May be given again and again",
        )
        parser.add_argument("--by", help="E-mail of who brings the file; else the first owner")
        parser.add_argument("--dry-run", action="store_true", help="Write nothing at all")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        by, cohort = _who_and_where(options["provider"], options["cohort"], options["by"])
        try:
            content = options["file"].read_bytes()
        except OSError as trouble:
            raise CommandError(
                f"{options['file']} cannot be read: {trouble.strerror}."
            ) from trouble
        said = Said(
            targets=dict(_target(said) for said in options["map"]),
            cohorts=dict(_name(said) for said in options["meant"]),
        )
        told = _put_aside(
            cohort, content, options["file"].name, said, by=by, keep=not options["dry_run"]
        )
        if options["json"]:
            self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))
        else:
            self._print(told)

    def _print(self, told: dict[str, Any]) -> None:
        read, counts = told["read"], told["counts"]
        of = f", sheet {read['sheet']!r}" if read["sheet"] else f", {read['encoding']}"
        self.stdout.write(
            f"Read as {read['format']}{of}, names of the columns in row {read['header_row']}."
        )
        for column in told["columns"]:
            asked = f"  ask: {' or '.join(column['asks'])}" if column["asks"] else ""
            target = column["target"] or "(left out)"
            self.stdout.write(f"  {column['heading'] or '(no name)'}: {target}{asked}")
        self.stdout.write(", ".join(f"{count:,} {kind}" for kind, count in counts.items()) + ".")
        for name in told["cohorts"]:
            self.stdout.write(f"  {name['rows']:,} for {name['name']!r}: {name['then']}")
        for name in told["unknown_skills"]:
            perhaps = f": perhaps {' or '.join(name['nearest'])}" if name["nearest"] else ""
            self.stdout.write(
                f"  {name['rows']:,} with {name['name']!r}, no skill we know{perhaps}"
            )
        for row in told["refused"]:
            for column, why in row["problems"]:
                self.stdout.write(f"  Row {row['row']}, {column}: {why}")
        self.stdout.write(told["then"])


def _who_and_where(provider: str, cohort: str, email: str | None) -> tuple[Actor, Cohort]:
    with acting_as(Persona.STAFF):
        cohorts = Cohort.objects.filter(provider__organization__slug=provider)
        found = cohorts.filter(_named(cohort)).select_related("programme", "provider__organization")
        if len(found) != 1:
            raise CommandError(
                f"{provider!r} has {len(found)} cohorts {cohort!r}. Give its provider's short name"
                " and its public id."
            )
        members = Membership.objects.active().filter(organization__slug=provider)
        if email:
            members = members.filter(user__email__iexact=email)
        member = members.exclude(level=Level.VIEWER).order_by("-level", "started_at").first()
        if member is None:
            raise CommandError("Nobody of this provider brings the file. Name a member with --by.")
        actor = Actor(
            audience=Audience.PROVIDER,
            user_id=member.user_id,
            organization_id=member.organization_id,
            level=Level(member.level),
        )
        return actor, found[0]


def _named(cohort: str) -> Q:
    try:
        return Q(public_id=UUID(cohort))
    except ValueError:
        return Q(name__iexact=cohort)


def _target(said: str) -> tuple[str, str]:
    heading, equals, field = said.partition("=")
    known = field in {*COLUMNS, NOTE, LEFT_OUT} or field.startswith(SKILL)
    if not equals or not heading or not known:
        raise CommandError(
            f"--map {said!r}: write HEADER=FIELD. Fields are {', '.join(COLUMNS)} and {NOTE}."
        )
    return heading, field


def _name(said: str) -> tuple[str, str]:
    name, equals, cohort = said.partition("=")
    if not equals or not name or not cohort:
        raise CommandError(f"--cohort {said!r}: write NAME=COHORT or NAME=FIRST..LAST.")
    return key_of(name), cohort


@dataclass(frozen=True, slots=True)
class Said:
    """What is told beforehand: fields by heading, and what names of cohorts mean."""

    targets: Mapping[str, str]
    cohorts: Mapping[str, str]


def _put_aside(
    cohort: Cohort, content: bytes, name: str, said: Said, *, by: Actor, keep: bool
) -> dict[str, Any]:
    try:
        with bound(by):
            upload = reading.receive(
                cohort, content, name=name, by=by, at=now(), targets=said.targets
            )
            _look_through(upload)
            for one in facts.names_of_no_cohort(upload, at_once=NAMES_AT_MOST)[0]:
                if key_of(one.words) in said.cohorts:
                    meant = _meant(one, said.cohorts[key_of(one.words)], cohort)
                    upload = opening.say_cohort(upload, one.called, meant, by=by, at=now())
                    _look_through(upload)
            told = _told(upload)
            if not keep:
                transaction.set_rollback(True)
                return told | {"then": "Nothing was written: this was a dry run."}
    except Unreadable as why:
        raise CommandError(str(why)) from why
    return told | {"then": _take(upload, by=by)}


def _look_through(upload: Upload) -> None:
    while upload.status == Status.CHECKING:
        setting = looking.Setting.of(upload, at=now())
        looking.look_through(upload, setting, seconds=looking.PATIENCE)


def _meant(name: facts.Name, said: str, home: Cohort) -> Meant:
    own = Cohort.objects.for_provider(home.provider_id)
    first, dots, last = said.partition("..")
    if not dots:
        found = own.filter(_named(said)).values_list("pk", flat=True)
        if len(found) != 1:
            raise CommandError(f"--cohort: there are {len(found)} cohorts {said!r}.")
        return Meant(name.words, cohort=found[0])
    programmes = {
        key_of(one.name): one for one in Programme.objects.filter(provider=home.provider_id)
    }
    programme = name.said.get("programme", "")
    taught = programmes.get(key_of(programme)) if programme else home.programme
    if taught is None or not name.said.get("cohort"):
        raise CommandError(f"--cohort: {name.words!r} can only be opened on the page.")
    try:
        starts_on, ends_on = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as wrong:
        raise CommandError(f"--cohort {said!r}: write days like 2027-01-04.") from wrong
    if ends_on < starts_on:
        raise CommandError(f"--cohort {said!r}: the last day is before the first.")
    return Meant(
        name.words,
        name=name.said["cohort"],
        programme=taught.pk,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def _take(upload: Upload, *, by: Actor) -> str:
    if upload.status == Status.ASKING:
        return (
            "Nothing was written: say with --map what the columns are that are asked about, and who"
            " the people are."
        )
    if not looking.good(upload):
        return "Nothing was written: there is nobody new and nothing has changed."
    with bound(by):
        taking.take(upload, by=by, at=now())
    done = False
    while not done:
        with bound(by):
            done = taking.take_some(upload, by=by, at=now())
    return "The good rows are in. The provider can undo the file on its page."


def _told(upload: Upload) -> dict[str, Any]:
    read = ("format", "encoding", "delimiter", "sheet", "header_row", "skipped", "left_out")
    return {
        "upload": str(upload.public_id),
        "read": {name: upload.facts[name] for name in read},
        "columns": [column.to_json() for column in upload.mapping],
        "missing": mapping.missing(upload.mapping),
        "counts": {str(kind): upload.counts.get(kind, 0) for kind in Kind},
        "cohorts": list(_cohorts(upload)),
        "unknown_skills": list(_unknown_skills(upload)),
        "refused": list(_refused(upload)),
    }


def _cohorts(upload: Upload) -> Iterator[dict[str, Any]]:
    for name in facts.names_of_no_cohort(upload, at_once=NAMES_AT_MOST)[0]:
        then = "is no cohort yet: say with --cohort which it is, or from when to when"
        if name.meant:
            then = "is a cohort that is there" if name.meant.cohort else "is opened with the file"
        yield {"row": name.number, "rows": name.rows, "name": name.words, "then": then}


def _unknown_skills(upload: Upload) -> Iterator[dict[str, Any]]:
    """Names of skills that nobody knows, each once, with how many rows have it and what it may be."""
    places = [place for place, one in enumerate(upload.mapping) if one.target == "skills"]
    if not places:
        return
    known = known_skills()
    names: Counter[str] = Counter()
    for row in upload.rows.filter(kind=Kind.REFUSED).order_by("number"):
        said = row.said
        names.update({name for place in places for name in unknown_in(said[place], known)})
    near: dict[str, list[str]] = {}
    for name, rows in names.most_common():
        yield {"name": name, "rows": rows, "nearest": nearest(name, known, near)}


def _refused(upload: Upload) -> Iterator[dict[str, Any]]:
    for row in upload.rows.filter(kind=Kind.REFUSED).order_by("number"):
        yield {
            "row": row.number,
            "reference": row.judged["reference"],
            "problems": row.judged["problems"],
        }
