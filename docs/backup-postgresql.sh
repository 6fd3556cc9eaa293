#!/bin/sh
# Back up and restore Riskbot's PostgreSQL database with pg_dump and pg_restore, of the server's version or a newer one.
#
#   DATABASE_URL=postgresql://… RISKBOT_AUDIT_KEY=… docs/backup-postgresql.sh backup FILE
#   DATABASE_URL=postgresql://… RISKBOT_AUDIT_KEY=… docs/backup-postgresql.sh restore FILE "why"
#
# backup copies the database as it is at one moment, while the bot runs. restore needs an empty database (createdb) and stopped bots. Both
# verify the trail; restore then accepts it on record, because entries after the backup are lost. PYTHON is the Python that runs the bot.
set -eu
umask 077
python=${PYTHON:-python}
[ $# -ge 2 ] || { echo "usage: $0 backup FILE | restore FILE WHY" >&2; exit 2; }
what=$1 file=$2

case $what in
backup)
    [ ! -e "$file" ] || { echo "$file exists; a backup replaces nothing." >&2; exit 1; }
    "$python" -m bot audit verify >/dev/null || { echo "The trail does not hold: python -m bot audit verify" >&2; exit 1; }
    trap 'rm -f "$file.part"' EXIT
    pg_dump --format=custom --no-owner --dbname="$DATABASE_URL" --file="$file.part"
    # a truncated dump has no readable list
    pg_restore --list "$file.part" >/dev/null
    mv -n "$file.part" "$file"
    echo "Backed up to $file."
    ;;
restore)
    reason=${3:?say why: $0 restore FILE WHY}
    pg_restore --exit-on-error --single-transaction --no-owner --dbname="$DATABASE_URL" "$file"
    "$python" -m bot migrate
    "$python" -m bot audit verify
    # if no entry after the backup is known, there is nothing to accept, and an anchor records the end of the trail
    "$python" -m bot audit anchor 2>/dev/null || "$python" -m bot audit reseal --reason "$reason"
    echo "Restored $file."
    ;;
*)
    echo "usage: $0 backup FILE | restore FILE WHY" >&2
    exit 2
    ;;
esac
