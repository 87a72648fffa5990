"""Second factors and lists of sessions: kept by the logins; colleagues and staff see who has one."""

from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import DOORKEEPERS, MEMBERS, READ, WRITE, Door, Kind, wall

COLLEAGUES = (
    "EXISTS (SELECT 1 FROM accounts_membership seen WHERE seen.user_id = mfa_authenticator.user_id)"
)
# Never the seeds: that there is one, and of what sort.
THAT_THERE_IS_ONE = ("id", "user_id", "type")
REMOVE = frozenset({"SELECT", "DELETE"})


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_looks_at_people'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('usersessions', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='second_factor_required',
            field=models.BooleanField(default=False, help_text='Its pages open only after a second step. The Alliance’s always do.'),
        ),
        wall(
            "mfa_authenticator",
            Door("signing in", DOORKEEPERS, WRITE),
            Door("that colleagues have one", MEMBERS, READ, COLLEAGUES, columns=THAT_THERE_IS_ONE),
            Door("who has one", (Persona.POSTMAN,), READ, columns=THAT_THERE_IS_ONE),
            Door("forgets a lost one", (Persona.STAFF,), REMOVE, columns=THAT_THERE_IS_ONE),
            kind=Kind.LOBBY,
        ),
        wall(
            "usersessions_usersession",
            Door("signing in", DOORKEEPERS, WRITE),
            Door("ends sessions", (Persona.STAFF, Persona.ERRAND), WRITE),
            kind=Kind.LOBBY,
        ),
    ]
