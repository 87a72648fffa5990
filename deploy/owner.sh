#!/bin/sh
# Once, on an empty database server: the login that owns the tables and is no superuser, and its database.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$DATABASE_OWNER_PASSWORD" --username="${POSTGRES_USER:-postgres}" <<'SQL'
create role jc_owner login createrole password :'password';
create database connector owner jc_owner;
SQL
