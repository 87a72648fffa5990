"""Tie rows to their organisation by composite keys: a row can never name another side's thing."""

from django.db import migrations

TIES = [
    # table, name, columns, refers to, its columns
    (
        "placements_match",
        "match_of_own_role",
        "role_id, employer_id",
        "employers_role",
        "id, employer_id",
    ),
    (
        "placements_match",
        "match_of_own_candidate",
        "candidate_id, provider_id",
        "candidates_candidate",
        "id, provider_id",
    ),
    (
        "placements_match",
        "match_on_own_slate",
        "slate_id, employer_id",
        "placements_slate",
        "id, employer_id",
    ),
    (
        "placements_slate",
        "slate_of_own_role",
        "role_id, employer_id",
        "employers_role",
        "id, employer_id",
    ),
    (
        "placements_interview",
        "interview_of_own_match",
        "match_id, employer_id",
        "placements_match",
        "id, employer_id",
    ),
    (
        "placements_offer",
        "offer_of_own_match",
        "match_id, employer_id",
        "placements_match",
        "id, employer_id",
    ),
    (
        "placements_placement",
        "placement_of_own_match",
        "match_id, employer_id, provider_id",
        "placements_match",
        "id, employer_id, provider_id",
    ),
    (
        "placements_placement",
        "placement_of_own_role",
        "role_id, employer_id",
        "employers_role",
        "id, employer_id",
    ),
    (
        "placements_placement",
        "placement_of_own_candidate",
        "candidate_id, provider_id",
        "candidates_candidate",
        "id, provider_id",
    ),
    (
        "placements_wagerecord",
        "wage_of_own_placement",
        "placement_id, employer_id",
        "placements_placement",
        "id, employer_id",
    ),
    (
        "placements_checkin",
        "check_in_of_own_placement",
        "placement_id, employer_id, provider_id",
        "placements_placement",
        "id, employer_id, provider_id",
    ),
    (
        "placements_workeranswer",
        "worker_answer_of_own_check_in",
        "check_in_id, provider_id",
        "placements_checkin",
        "id, provider_id",
    ),
    (
        "placements_supervisoranswer",
        "supervisor_answer_of_own_check_in",
        "check_in_id, employer_id",
        "placements_checkin",
        "id, employer_id",
    ),
]


def tie(table: str, name: str, columns: str, target: str, keys: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
        f"REFERENCES {target} ({keys}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("placements", "0001_initial"), ("candidates", "0002_ties"), ("employers", "0002_ties")]

    operations = [tie(*row) for row in TIES]
