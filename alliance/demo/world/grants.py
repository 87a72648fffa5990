"""Who pays, by which rules? Three grants and the cohorts they paid for."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

from alliance.access.actor import Actor
from alliance.audit.actions import record
from alliance.demo.world.material import Entry, read
from alliance.demo.world.stage import Stage
from alliance.lib.calendars import at_local
from alliance.outcomes import actions, facts, schedule
from alliance.outcomes.enums import Basis
from alliance.outcomes.models import Grant
from placements.enums import Evidence

AT_NIGHT = time(3)


def award(stage: Stage) -> None:
    """Every grant with its window, targets and definition; its cohorts began inside the window."""
    names = {
        (provider["slug"], programme["name"]): programme["code"]
        for provider in read("providers")["provider"]
        for programme in provider["programme"]
    }
    for entry in read("grants")["grant"]:
        grant = _grant(stage, entry)
        grant.cohorts.set(
            course.cohort
            for course in stage.courses
            if course.school in entry["providers"]
            and names[course.school, course.programme.name] in entry["programmes"]
            and grant.starts_on <= course.cohort.starts_on <= grant.ends_on
        )
        record(verb="award", subject=grant, by=stage.brokers[0], at=stage.at(grant.starts_on))


def publish(stage: Stage) -> None:
    """Each report in the night after its day, as it would have been."""
    clock = Actor.clock()
    awarded = list(Grant.objects.order_by("pk"))
    known = facts.of_grants(awarded)
    for grant in awarded:
        for day in schedule.due(grant, stage.today):
            at = at_local(day + schedule.DAY, AT_NIGHT)
            actions.publish(grant, as_of=day, by=clock, at=at, known=known[grant.pk])
    month = schedule.last_month(stage.today)
    actions.publish_house_figures(by=clock, at=at_local(month + schedule.DAY, AT_NIGHT))


def _grant(stage: Stage, entry: Entry) -> Grant:
    return Grant.objects.create(
        funder=stage.teams[entry["funder"]][0].organization,
        name=entry["name"],
        slug=entry["code"],
        starts_on=stage.day(entry["starts"]),
        ends_on=stage.day(entry["ends"]),
        tracked_until=stage.day(entry["outcomes_until"]),
        amount=Decimal(entry["amount"]),
        spent=Decimal(entry["spent"]),
        target_enrolled=entry["target_enrolled"],
        target_completed=entry["target_completed"],
        target_placed=entry["target_placed"],
        placement_window_days=entry["placement_days"],
        min_hours=Decimal(entry["min_hours"]),
        min_hourly_wage=Decimal(str(entry["min_wage"])),
        min_evidence=Evidence(entry["evidence"]),
        training_related_only=entry["training_related"],
        boston_residents_only=entry["boston_resident"],
        retention_basis=Basis(entry["retention_basis"]),
        suppression_threshold=entry["suppress_below"],
    )
