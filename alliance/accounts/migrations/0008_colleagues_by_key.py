"""Oneself and one's colleagues: asked by their key, and planned once."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import MEMBERS, READ, USER, Door, rehung

OPEN_COLUMNS = ("id", "email", "name", "is_active", "joined_at")
IN_SIGHT = "EXISTS (SELECT 1 FROM accounts_membership seen WHERE seen.user_id = accounts_user.id{})"


def colleagues(alone):
    return Door(
        "oneself and one's colleagues",
        (*MEMBERS, Persona.ANYBODY),
        READ,
        f"id = {USER} OR {IN_SIGHT.format(alone)}",
        columns=OPEN_COLUMNS,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_single_sign_on")]
    operations = [rehung("accounts_user", colleagues(""), colleagues(" OFFSET 0"))]
