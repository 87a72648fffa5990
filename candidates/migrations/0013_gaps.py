"""What keeps somebody from a match, kept on the person by the database: counting it asks one table.

A provider's first page counted two consents and a skill of each of its people, each through a door of
its own. Statement triggers, so that a file of thousands moves each person once; they hold the people
first and look again then, for a consent given meanwhile in another transaction would be missed.
"""

from django.db import migrations, models

TOLD = """
CREATE FUNCTION candidates_{of}_told() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM candidates_candidate person WHERE person.id IN (SELECT candidate_id FROM touched)
        ORDER BY person.id FOR NO KEY UPDATE;
    UPDATE candidates_candidate person SET {written} FROM (
        SELECT one.candidate_id, {asked} FROM (SELECT DISTINCT candidate_id FROM touched) one
    ) now
    WHERE person.id = now.candidate_id AND ({kept}) IS DISTINCT FROM ({told});
    RETURN NULL;
END $$;
"""
TELLS = """
CREATE TRIGGER told_of_{name} AFTER {event} ON candidates_{of} REFERENCING {rows} TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION candidates_{of}_told();
"""
EVENTS = {
    "new": ("INSERT", "NEW"),
    "gone": ("DELETE", "OLD"),
    "before": ("UPDATE", "OLD"),
    "after": ("UPDATE", "NEW"),
}
LIVE = (
    "EXISTS (SELECT FROM candidates_consent given WHERE given.candidate_id = {}"
    " AND given.scope = '{}' AND given.withdrawn_at IS NULL)"
)
ANY = "EXISTS (SELECT FROM candidates_skillevidence held WHERE held.candidate_id = {})"
KEPT = {
    "consent": {
        "agrees_to_matching": LIVE.replace("'{}'", "'matching'"),
        "agrees_to_employers": LIVE.replace("'{}'", "'employers'"),
    },
    "skillevidence": {"has_skills": ANY},
}


def kept(of):
    columns = KEPT[of]
    asked = ", ".join(f"{sql.format('one.candidate_id')} AS {name}" for name, sql in columns.items())
    here = TOLD.format(
        of=of,
        written=", ".join(f"{name} = now.{name}" for name in columns),
        told=", ".join(f"now.{name}" for name in columns),
        kept=", ".join(f"person.{name}" for name in columns),
        asked=asked,
    )
    here += "".join(
        TELLS.format(name=name, event=event, rows=rows, of=of)
        for name, (event, rows) in EVENTS.items()
    )
    gone = "".join(f"DROP TRIGGER told_of_{name} ON candidates_{of};" for name in EVENTS)
    return migrations.RunSQL(here, f"{gone} DROP FUNCTION candidates_{of}_told();")


AS_IT_IS = "UPDATE candidates_candidate SET {};".format(
    ", ".join(
        f"{name} = {sql.format('candidates_candidate.id')}"
        for columns in KEPT.values()
        for name, sql in columns.items()
    )
)


NAMES = [name for columns in KEPT.values() for name in columns]
# Whoever saves a person with what they read a while ago changes nothing here.
HELD = f"""
CREATE FUNCTION candidates_gaps_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {" ".join(f"NEW.{name} := false;" for name in NAMES)}
    ELSE
        {" ".join(f"NEW.{name} := OLD.{name};" for name in NAMES)}
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gaps_of_a_new_one BEFORE INSERT ON candidates_candidate FOR EACH ROW
    WHEN ({" OR ".join(f"NEW.{name}" for name in NAMES)}) EXECUTE FUNCTION candidates_gaps_held();
CREATE TRIGGER gaps_held BEFORE UPDATE ON candidates_candidate FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND ({", ".join(f"NEW.{name}" for name in NAMES)})
        IS DISTINCT FROM ({", ".join(f"OLD.{name}" for name in NAMES)}))
    EXECUTE FUNCTION candidates_gaps_held();
"""
LET_GO = """
DROP TRIGGER gaps_held ON candidates_candidate;
DROP TRIGGER gaps_of_a_new_one ON candidates_candidate;
DROP FUNCTION candidates_gaps_held();
"""


class Migration(migrations.Migration):
    dependencies = [("candidates", "0012_by_key")]
    operations = [
        *(
            migrations.AddField(
                "candidate",
                name,
                models.BooleanField(db_default=False, default=False, editable=False),
            )
            for columns in KEPT.values()
            for name in columns
        ),
        migrations.AddIndex(
            "candidate",
            models.Index(
                fields=["provider", "status", "agrees_to_matching", "agrees_to_employers", "has_skills"],
                name="candidate_by_gap",
            ),
        ),
        *map(kept, KEPT),
        migrations.RunSQL(AS_IT_IS, migrations.RunSQL.noop),
        migrations.RunSQL(HELD, LET_GO),
    ]
