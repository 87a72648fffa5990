"""How does the world begin? In one transaction: the whole of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import F

from alliance.access.actor import Actor
from alliance.accounts.enums import Kind
from alliance.accounts.models import Membership, Organization, User
from alliance.brokering import actions as brokering
from alliance.demo import second_step
from alliance.demo.world import aftercare, grants, organizations, people, present
from alliance.demo.world.past import play_the_past
from alliance.demo.world.plan import plan_hires
from alliance.demo.world.stage import Stage
from alliance.demo.world.statistics import count_afresh
from alliance.lib.calendars import at_local
from alliance.lib.distances import Point
from alliance.outbox import tasks
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from alliance.skills.models import Occupation, Skill, ZipArea

SEED = 1848
BEFORE_DAWN = time(4, 40)
PASSWORD = "every door opens with patience"  # noqa: S105 - printed at every start
BEFORE = "Before the demonstration began."


def there_is_a_world() -> bool:
    """The Alliance's own account is the first thing made, and it commits with the last."""
    return Organization.objects.of_kind(Kind.ALLIANCE).exists()


def build(today: date) -> Stage:
    """The same world for the same day: who takes part, what happened, what waits."""
    with transaction.atomic(), _no_way_back_but_out():
        return _build(today)


def _build(today: date) -> Stage:
    stage = Stage(
        today=today,
        chance=Random(SEED),  # noqa: S311 - the same dice every time is the point
        skills={skill.code: skill for skill in Skill.objects.all()},
        places={one.code: Point(one.latitude, one.longitude) for one in ZipArea.objects.all()},
        occupations={one.code: one for one in Occupation.objects.all()},
    )
    organizations.open_everything(stage)
    people.register_everybody(stage)
    count_afresh()
    waves = plan_hires(stage)
    people.look_everybody_up(stage)
    begun = play_the_past(stage, waves)
    aftercare.follow_up(stage, begun)
    present.play_the_present(stage)
    grants.award(stage)
    grants.publish(stage)
    organizations.invite_newcomers(stage)
    organizations.review_teams(stage)
    aftercare.open_todays_check_ins(stage)
    brokering.count_reaches(by=Actor.clock(), at=at_local(stage.today, BEFORE_DAWN))
    _settle_old_letters(stage)
    for member in Membership.objects.filter(organization__kind=Kind.ALLIANCE):
        second_step.set_up(member.user)
    User.objects.update(
        password=make_password(PASSWORD)
    )  # one hash: each costs a third of a second
    count_afresh()
    return stage


@contextmanager
def _no_way_back_but_out() -> Iterator[None]:
    """Do without savepoints: any trouble undoes the whole world, and they are a fifth of the work."""
    features = connection.features
    features.uses_savepoints = False
    try:
        yield
    finally:
        features.uses_savepoints = True


def _settle_old_letters(stage: Stage) -> None:
    """Two years of letters are not sent now; those of the eve are, with one nudge for them all."""
    eve = at_local(stage.eve, time())
    Letter.objects.filter(state=State.PENDING, queued_at__lt=eve).update(
        state=State.SENT, sent_at=F("queued_at"), note=BEFORE
    )
    connection.run_on_commit = [
        entry for entry in connection.run_on_commit if entry[1] is not tasks.nudge
    ]
    transaction.on_commit(tasks.nudge, robust=True)
