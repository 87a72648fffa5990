"""Whether an employer first sees people without their names: decided by staff, one row a decision.

Nobody edits or removes one, and the employer is not asked and cannot look.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import ADD, READ, Door, wall


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("employers", "0006_reach"),
    ]
    operations = [
        migrations.CreateModel(
            "Blindness",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("blind", models.BooleanField()),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blindness",
                        to="employers.employer",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "verbose_name_plural": "blindness",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="blindness_has_a_reason",
                    )
                ],
            },
        ),
        wall("employers_blindness", Door("decides", (Persona.STAFF,), READ | ADD)),
    ]
