"""What an employer is told of how many people its roles reach: its own rows, and nothing of the people."""

import django.db.models.deletion
from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import ORGANIZATION, READ, WRITE, Door, wall

TIE = """
ALTER TABLE employers_reach ADD CONSTRAINT reach_of_own_role FOREIGN KEY (role_id, employer_id)
    REFERENCES employers_role (id, employer_id) DEFERRABLE INITIALLY DEFERRED
"""
LOOSE = "ALTER TABLE employers_reach DROP CONSTRAINT reach_of_own_role"


class Migration(migrations.Migration):
    dependencies = [("employers", "0005_conditions")]
    operations = [
        migrations.CreateModel(
            "Reach",
            [
                (
                    "role",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="employers.role",
                    ),
                ),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="employers.employer",
                    ),
                ),
                ("counted_at", models.DateTimeField()),
                ("fit", models.PositiveIntegerField(null=True)),
                ("whole", models.PositiveIntegerField(null=True)),
                ("each", models.JSONField(default=list)),
            ],
        ),
        migrations.RunSQL(TIE, LOOSE),
        wall(
            "employers_reach",
            Door("its own", (Persona.EMPLOYER,), READ, f"employer_id = {ORGANIZATION}"),
            Door("all", (Persona.STAFF,), READ),
            Door("counts", (Persona.CLERK,), WRITE),
        ),
    ]
