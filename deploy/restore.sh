#!/usr/bin/env bash
# A copy that backup.sh made, into an empty database; then every table is compared with what was noted.
#
#     HAITECH_DATABASE_URL=postgresql://…/fresh bash deploy/restore.sh FOLDER/haitech-TIME.dump
#
# It stops before anything is written where the file is not the one that was made, or the database has tables.
# Everything is restored in one transaction: all of it, or nothing. The role of the URL owns what is made.
#
#     PG_BIN   where pg_restore and psql are, if not on the PATH; of the server's version
set -euo pipefail

dump="${1:?which copy: bash deploy/restore.sh FOLDER/haitech-TIME.dump}"
url="${HAITECH_DATABASE_URL:?HAITECH_DATABASE_URL is not set}"
bin="${PG_BIN:+$PG_BIN/}"
noted="${dump%.dump}.json"
here="$(dirname "${BASH_SOURCE[0]}")"

asked() { "${bin}psql" -X -q -A -t -v ON_ERROR_STOP=1 "$url" "$@"; }
refuse() { echo "$1" >&2; exit 1; }

[ -r "$dump" ] || refuse "there is no $dump"
[ -r "$noted" ] || refuse "there is no $noted, which says what must be in it"
digest="$(sha256sum "$dump")"
grep -qF "\"sha256\": \"${digest%% *}\"" "$noted" || refuse "$dump is not the file that was made: its SHA-256 differs"
tables="$(asked -c "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")"
[ "$tables" = 0 ] || refuse "the database has $tables tables: restore into an empty one"

"${bin}pg_restore" --single-transaction --exit-on-error --no-owner --no-privileges --dbname="$url" "$dump"
PGOPTIONS="-c client_min_messages=error" asked -c "ANALYZE" # of what is the role's own

contents="$(PGTZ=UTC asked -f "$here/contents.sql")"
grep -qF "\"contents\": $contents}" "$noted" || refuse "what was restored is not what was noted: compare
$contents
with $noted"
echo "restored: every table is as it was noted"
head="$(printf '%s' "$contents" | sed -n 's/.*"head" : "\([^"]*\)".*/\1/p')"
if [ -n "$head" ]; then echo "now: haitech audit verify --expect $head"; fi
