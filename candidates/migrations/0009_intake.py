"""Files of people move into a room of their own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("candidates", "0008_sealed_telephones")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("Upload", "intake_upload")],
            state_operations=[migrations.DeleteModel("Upload")],
        ),
    ]
