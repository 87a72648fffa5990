"""Does the clock publish what is due, once?"""

import pytest
from django.utils.timezone import now

from alliance.lib.calendars import local_date
from alliance.outcomes import schedule
from alliance.outcomes.jobs import publish_figures
from alliance.outcomes.models import HouseFigures, Publication
from tests.factories.outcomes import GrantFactory

pytestmark = pytest.mark.django_db


def test_the_night_publishes_what_is_due_and_the_next_one_nothing():
    grants = [GrantFactory(), GrantFactory()]
    days = sum(len(schedule.due(grant, local_date(now()))) for grant in grants)

    assert publish_figures() == {"published": days}
    assert publish_figures() == {"published": 0}
    assert Publication.objects.count() == days
    assert HouseFigures.objects.count() == 1
