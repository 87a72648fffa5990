#!/bin/sh
# A whole copy of the database every night, kept for a fortnight. A copy that broke off is never mistaken for one.
# Back again: pg_restore --clean --if-exists --dbname=connector /backups/connector-….dump, and before anybody is let in
# CONNECTOR_LOGIN=owner manage.py replay_erasures erasures.jsonl: a copy from before an erasure brings people back.
# The ledger (PRIVATE_ROOT/erasures.jsonl) and SEALING_KEYS are kept elsewhere than these copies.
set -eu
while true; do
    name="/backups/connector-$(date -u +%Y-%m-%dT%H%M).dump"
    if pg_dump --format=custom --file="$name.unfinished"; then
        mv "$name.unfinished" "$name"
        find /backups -name 'connector-*.dump' -mtime +14 -delete
        sleep 86400
    else
        sleep 600
    fi
done
