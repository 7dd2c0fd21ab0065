#!/bin/sh
# Run once by the image of PostgreSQL, on its empty server: the program's role and database. The role owns its
# database, which is all that migrations need, and is no administrator of the server.
set -eu

psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  -v password="${HAITECH_DATABASE_PASSWORD:?is not set}" <<'SQL'
CREATE ROLE haitech LOGIN PASSWORD :'password';
CREATE DATABASE haitech OWNER haitech;
REVOKE CONNECT ON DATABASE haitech FROM PUBLIC;
SQL
