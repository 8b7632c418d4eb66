#!/bin/sh
# Runs once, on an empty data volume: the tables' owner, and the application role that owns nothing.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
    --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE kexie_owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE kexie_app LOGIN PASSWORD :'app_password';
GRANT kexie_app TO kexie_owner;
CREATE DATABASE kexie OWNER kexie_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE kexie FROM PUBLIC;
GRANT CONNECT ON DATABASE kexie TO kexie_app;
SQL
