"""Who may read and write these tables, persona by persona; Django's and allauth's own with them."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import (
    ADD,
    ALL_ROWS,
    DOORKEEPERS,
    KEEP,
    MEMBERS,
    ORGANIZATION,
    READ,
    USER,
    WRITE,
    Door,
    Kind,
    errands,
    shared,
    staff_writes,
    wall,
)

SIGNED_IN = (*MEMBERS, Persona.ANYBODY)
# Never the password: of a colleague one may know the name.
OPEN_COLUMNS = ("id", "email", "name", "is_active", "joined_at")
OWN = f"organization_id = {ORGANIZATION}"
IN_SIGHT = "EXISTS (SELECT 1 FROM accounts_membership seen WHERE seen.user_id = accounts_user.id)"


def lobby(table, *more):
    return wall(table, Door("signing in", DOORKEEPERS, WRITE), *more, kind=Kind.LOBBY)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("access", "0001_personas"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [
        *shared(
            "django_migrations",
            "django_content_type",
            "auth_permission",
            "auth_group",
            "auth_group_permissions",
        ),
        wall("django_admin_log", staff_writes()),
        lobby("django_session", Door("ends sessions", (Persona.STAFF, Persona.ERRAND), WRITE)),
        lobby("account_emailaddress", Door("all", (Persona.STAFF,), READ)),
        lobby("account_emailconfirmation"),
        lobby(
            "accounts_user",
            Door(
                "oneself and one's colleagues",
                SIGNED_IN,
                READ,
                f"id = {USER} OR {IN_SIGHT}",
                columns=OPEN_COLUMNS,
            ),
            Door(
                "all",
                (Persona.STAFF, Persona.ERRAND),
                frozenset({"SELECT"}),
                columns=OPEN_COLUMNS,
            ),
            Door("names, and who is out", (Persona.STAFF,), frozenset({"UPDATE"})),
            Door("whom a letter is for", (Persona.POSTMAN, Persona.CLERK), READ, columns=OPEN_COLUMNS),
        ),
        lobby(
            "accounts_organization",
            Door("one's own", MEMBERS, READ, f"id = {ORGANIZATION}"),
            Door(
                "where one belongs",
                (Persona.ANYBODY,),
                READ,
                f"EXISTS (SELECT 1 FROM accounts_membership mine"
                f" WHERE mine.organization_id = accounts_organization.id AND mine.user_id = {USER})",
            ),
            staff_writes(),
            Door("all", (Persona.ERRAND, Persona.POSTMAN, Persona.CLERK), READ),
            # For a lock while the last owner is looked for; PostgreSQL asks UPDATE for that.
            Door("locks one's own", MEMBERS, frozenset({"UPDATE"}), f"id = {ORGANIZATION}"),
        ),
        lobby(
            "accounts_membership",
            Door("one's own team", MEMBERS, KEEP, OWN),
            Door("one's own", (Persona.ANYBODY,), READ, f"user_id = {USER}"),
            staff_writes(),
            Door("all", (Persona.ERRAND, Persona.POSTMAN, Persona.CLERK), READ),
        ),
        lobby(
            "accounts_invitation",
            Door("one's own team", MEMBERS, KEEP, OWN),
            staff_writes(),
            errands(),
            Door("whom a letter is for", (Persona.POSTMAN,), READ),
        ),
    ]
