"""Who looked through whose eyes: owners read of all their people, everybody else of themselves.

And of the doors to people, those that let nobody through whom another does not.
"""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import (
    MEMBERS,
    ORGANIZATION,
    READ,
    USER,
    Door,
    rehung,
    walled_up,
)

OWN = f"organization_id = {ORGANIZATION}"
AS_OWNER = (
    f"EXISTS (SELECT 1 FROM accounts_membership me WHERE me.user_id = {USER}"
    f" AND me.organization_id = {ORGANIZATION} AND me.ended_at IS NULL AND me.level = 'owner')"
)
AS_ONESELF = (
    "EXISTS (SELECT 1 FROM accounts_membership me"
    f" WHERE me.id = accounts_viewas.membership_id AND me.user_id = {USER})"
)
COLLEAGUES = "EXISTS (SELECT 1 FROM accounts_membership seen WHERE seen.user_id = accounts_user.id)"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_history")]
    operations = [
        rehung(
            "accounts_viewas",
            Door("who looked at us", MEMBERS, READ, OWN),
            Door("who looked at us", MEMBERS, READ, f"{OWN} AND ({AS_OWNER} OR {AS_ONESELF})"),
        ),
        walled_up("accounts_user", Door("when colleagues were here", MEMBERS, READ, COLLEAGUES)),
        walled_up(
            "accounts_user",
            Door("when people were here", (Persona.STAFF, Persona.POSTMAN), READ),
        ),
    ]
