"""The trail about a role: asked by its key, and planned once."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import READ, Door, rehung

TOLD = (
    "CASE WHEN subject LIKE 'employers.role:%' THEN EXISTS (SELECT 1 FROM employers_role"
    " seen WHERE seen.id = split_part(subject, ':', 2)::bigint{}) ELSE false END"
)


def about_roles(alone):
    return Door("about its own roles", (Persona.EMPLOYER,), READ, TOLD.format(alone))


class Migration(migrations.Migration):
    dependencies = [("employers", "0003_walls"), ("audit", "0004_looks_and_seals")]
    operations = [rehung("audit_event", about_roles(""), about_roles(" OFFSET 0"))]
