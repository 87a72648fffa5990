"""Teams and whoever was in them end and stay: what was done is done by somebody."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import DOORKEEPERS, never_removed


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_no_index_twice")]
    operations = [
        never_removed(
            "accounts_organization",
            "accounts_membership",
            "accounts_invitation",
            roles=(Persona.STAFF, *DOORKEEPERS),
        ),
        never_removed("accounts_user", roles=DOORKEEPERS),
        never_removed("accounts_accessreview"),
    ]
