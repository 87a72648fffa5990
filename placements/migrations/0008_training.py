"""What an employer reads of training: that of providers who have somebody in its sight.

Asking for each cohort whether one of its people was shown meant looking through all of them: a quarter
of a second a page at a million people. Names of programmes and cohorts are nobody's secret.
"""

from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import ORGANIZATION, READ, Door, rehung

EMPLOYER = (Persona.EMPLOYER,)
OF_A_PERSON = {
    "providers_cohort": "EXISTS (SELECT 1 FROM candidates_enrolment seen"
    " WHERE seen.cohort_id = providers_cohort.id)",
    "providers_programme": "EXISTS (SELECT 1 FROM providers_cohort seen"
    " WHERE seen.programme_id = providers_programme.id)",
}
OF_A_PROVIDER = (
    "EXISTS (SELECT 1 FROM placements_match seen WHERE seen.provider_id = {}.provider_id"
    f" AND seen.employer_id = {ORGANIZATION})"
)


class Migration(migrations.Migration):
    dependencies = [("placements", "0007_faces")]
    operations = [
        migrations.AddIndex(
            "match", models.Index(fields=["employer", "provider"], name="match_employer_provider")
        ),
        *(
            rehung(
                table,
                Door("of people in sight", EMPLOYER, READ, of_a_person),
                Door("of providers of people in sight", EMPLOYER, READ, OF_A_PROVIDER.format(table)),
            )
            for table, of_a_person in OF_A_PERSON.items()
        ),
    ]
