"""Notes on barriers and years of birth are sealed, those that stand already too."""

import pgtrigger
from django.db import migrations
from django.db.models import TextField, Value
from django.db.models.functions import Cast

import alliance.vault.fields
from alliance.lib.sealing import place
from alliance.vault import keyring

A_BATCH = 2000
COLUMNS = [("Barrier", "note"), ("Demographics", "birth_year")]


def seal(apps, _schema_editor):
    """The facts stay the same, so no version is kept of it."""
    for name, column in COLUMNS:
        model = apps.get_model("sensitive", name)
        field = model._meta.get_field(column)
        plain = (
            model.objects.annotate(said=Cast(column, TextField()))
            .exclude(said="")
            .exclude(said=None)
            .defer(column)
        )
        with pgtrigger.ignore(f"sensitive.{name}:keep_update"):
            for row in plain.iterator(chunk_size=A_BATCH):
                sealed = keyring.keys().seal(row.said, place=field.place_in(row))
                fresh = Value(sealed, TextField())
                model.objects.filter(pk=row.pk).update(**{column: fresh})


def unseal(apps, _schema_editor):
    for name, column in COLUMNS:
        model = apps.get_model("sensitive", name)
        with pgtrigger.ignore(f"sensitive.{name}:keep_update"):
            for row in model.objects.exclude(**{column: ""}).exclude(**{column: None}):
                plain = Value(str(getattr(row, column)), TextField())
                model.objects.filter(pk=row.pk).update(**{column: plain})


class Migration(migrations.Migration):
    dependencies = [("sensitive", "0005_history"), ("candidates", "0008_sealed_telephones")]
    operations = [
        migrations.AlterField(
            model_name="barrier",
            name="note",
            field=alliance.vault.fields.SealedTextField(blank=True, row=("candidate", "kind")),
        ),
        migrations.AlterField(
            model_name="demographics",
            name="birth_year",
            field=alliance.vault.fields.SealedYearField(blank=True, null=True, row=("pk",)),
        ),
        migrations.RunPython(seal, unseal, elidable=True),
    ]
