"""Who may read what colleagues clip to the queue: the Alliance, and nobody else."""

from django.db import migrations

from alliance.access.walls import WRITE, errands, staff_writes, wall


class Migration(migrations.Migration):
    dependencies = [("brokering", "0001_queue"), ("accounts", "0002_walls")]
    operations = [
        wall("brokering_slip", staff_writes(), errands(WRITE)),
        wall("brokering_savedview", staff_writes()),
    ]
