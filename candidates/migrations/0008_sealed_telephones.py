"""Telephone numbers are sealed, those that stand already too, and found by a blind index."""

import pgtrigger
from django.db import migrations
from django.db.models import TextField, Value
from django.db.models.functions import Cast

import alliance.lib.telephones
import alliance.vault.fields
from alliance.lib.sealing import place
from alliance.vault import keyring

A_BATCH = 2000


def seal(apps, _schema_editor):
    """The facts stay the same, so no version is kept of it."""
    Contact = apps.get_model("candidates", "Contact")
    table, index = Contact._meta.db_table, Contact._meta.get_field("phone_index")
    plain = (
        Contact.objects.annotate(said=Cast("phone", TextField()))
        .exclude(said="")
        .values_list("pk", "said")
    )
    with pgtrigger.ignore("candidates.Contact:keep_update"):
        for pk, said in plain.iterator(chunk_size=A_BATCH):
            sealed = keyring.keys().seal(said, place=place(table, "phone", pk))
            Contact.objects.filter(pk=pk).update(
                phone=Value(sealed, TextField()), phone_index=index.digest(said)
            )


def unseal(apps, _schema_editor):
    Contact = apps.get_model("candidates", "Contact")
    with pgtrigger.ignore("candidates.Contact:keep_update"):
        for contact in Contact.objects.exclude(phone=""):
            plain = Value(contact.phone, TextField())
            Contact.objects.filter(pk=contact.pk).update(phone=plain)


class Migration(migrations.Migration):
    dependencies = [("candidates", "0007_history")]
    operations = [
        migrations.AddField(
            model_name="contact",
            name="phone_index",
            field=alliance.vault.fields.BlindIndexField(
                alike=alliance.lib.telephones.e164,
                blank=True,
                db_index=True,
                default="",
                editable=False,
                max_length=64,
                of="phone",
            ),
        ),
        migrations.AlterField(
            model_name="contact",
            name="phone",
            field=alliance.vault.fields.SealedCharField(
                blank=True, max_length=20, row=("pk",)
            ),
        ),
        migrations.RunPython(seal, unseal, elidable=True),
    ]
