"""What a rate is counted from ends, and stays: a placement that could go would take its end with it."""

from django.db import migrations

from alliance.access.walls import never_removed


class Migration(migrations.Migration):
    dependencies = [("placements", "0018_trail_nobody_reads")]
    operations = [
        never_removed(
            "placements_slate",
            "placements_match",
            "placements_interview",
            "placements_offer",
            "placements_placement",
            "placements_checkin",
            "placements_workeranswer",
            "placements_supervisoranswer",
        ),
    ]
