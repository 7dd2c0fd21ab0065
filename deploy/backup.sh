#!/usr/bin/env bash
# A copy of the database, and beside it what the copy must hold, so that a restore can be compared.
#
#     HAITECH_DATABASE_URL=postgresql://… bash deploy/backup.sh FOLDER
#
# writes FOLDER/haitech-TIME.dump (pg_dump's custom format) and FOLDER/haitech-TIME.json: the number of rows and a
# sum over all their contents for each table, the migration, the head of the audit log, the SHA-256 of the file.
# All of it is one moment of the database, while the school goes on working. Files appear under their names
# when they are whole. The json is printed, too: keep it elsewhere, and HAITECH_SECRET_KEY elsewhere again.
#
#     HAITECH_BACKUP_DAYS   older copies in FOLDER are removed after a new one was made; unset: none are
#     PG_BIN                where pg_dump, pg_restore and psql are, if not on the PATH. They must be of the
#                           server's version: an older pg_dump refuses, a newer one writes what an older
#                           server cannot read back.
set -euo pipefail
umask 077

folder="${1:?where to: bash deploy/backup.sh FOLDER}"
url="${HAITECH_DATABASE_URL:?HAITECH_DATABASE_URL is not set}"
days="${HAITECH_BACKUP_DAYS:-}"
bin="${PG_BIN:+$PG_BIN/}"
if [[ -n "$days" && ! "$days" =~ ^[0-9]+$ ]]; then
  echo "HAITECH_BACKUP_DAYS must be a number of days" >&2
  exit 2
fi
mkdir -p "$folder"
name="$folder/haitech-$(date -u +%Y-%m-%dT%H%M%SZ)"
trap 'rm -f "$name.dump.part" "$name.json.part"' EXIT

# A session that stays open holds the moment; pg_dump looks at the same one.
coproc session { exec "${bin}psql" -X -q -A -t -v ON_ERROR_STOP=1 "$url"; }
exec {asking}>&"${session[1]}" {hearing}<&"${session[0]}"

ask() { # one statement, one line of answer
  local line answer=""
  printf '%s\n\\echo --end--\n' "$1" >&"$asking"
  while IFS= read -r line <&"$hearing"; do
    if [ "$line" = "--end--" ]; then
      printf '%s' "$answer"
      return
    fi
    answer="$line"
  done
  echo "the database does not answer" >&2
  return 1
}

sql="$(cat "$(dirname "${BASH_SOURCE[0]}")/contents.sql")"
ask "SET idle_in_transaction_session_timeout = 0; SET TimeZone = 'UTC';" >/dev/null
ask "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;" >/dev/null
moment="$(ask "SELECT pg_export_snapshot();")"
"${bin}pg_dump" --format=custom --compress=6 --snapshot="$moment" --file="$name.dump.part" "$url"
"${bin}pg_restore" --list "$name.dump.part" >/dev/null
contents="$(ask "$sql")"
ask "COMMIT;" >/dev/null
[ -n "$contents" ] || exit 1

digest="$(sha256sum "$name.dump.part")"
printf '{"file": "%s", "sha256": "%s", "contents": %s}\n' \
  "$(basename "$name").dump" "${digest%% *}" "$contents" >"$name.json.part"
mv "$name.dump.part" "$name.dump"
mv "$name.json.part" "$name.json"
cat "$name.json"

if [ -n "$days" ]; then
  find "$folder" -maxdepth 1 -name 'haitech-*Z.*' \( -name '*.dump' -o -name '*.json' \) -mtime "+$days" -delete
fi
