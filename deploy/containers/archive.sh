#!/bin/sh
# The archive of PostgreSQL in containers: in /archive, `wal/` has each segment, compressed, and `base/` a copy of the
# data for each base backup, by the time of its end.
set -eu
wal=/archive/wal/%f.gz
partial=/archive/wal/.%f.partial

case $1 in
serve) # the server's command: runs it so that it archives; a segment is there completely or not, and never overwritten
    shift
    mkdir -p /archive/wal /archive/base
    store="gzip < %p > $partial && sync $partial && mv $partial $wal"
    exec docker-entrypoint.sh "$@" -carchive_mode=on -carchive_timeout=60 \
        -carchive_command="if test -e $wal; then gunzip < $wal | cmp -s - %p; else $store; fi"
    ;;
base) # [days]: copies the data, and removes copies that ended more days ago, and the WAL that only they need
    cd /archive/base
    rm -rf partial
    pg_basebackup --username=postgres --pgdata=partial --wal-method=stream --checkpoint=fast --no-password
    sleep 1 # its name is a second that is over
    made=$(date -u +%Y%m%dT%H%M%SZ)
    mv partial "$made"
    oldest=$(date -u --date="${2:-35} days ago" +%Y%m%dT%H%M%SZ)
    for copy in *Z; do
        [ "$copy" = "$made" ] || ! expr "$copy" "<" "$oldest" >/dev/null || rm -rf "$copy"
    done
    first=$(ls -d ./*Z | head -n 1)
    pg_archivecleanup --strip-extension=.gz /archive/wal "$(sed -n 's/.*(file \(.*\))/\1/p' "$first/backup_label")"
    echo "/archive/base/$made is made."
    ;;
restore) # the server's command: replaces the data of this container by those of the second UNTIL, and runs it
    shift
    until=$(date -u --date="${UNTIL:?names no second}" +%Y%m%dT%H%M%SZ)
    found=
    for copy in /archive/base/*Z; do
        expr "${copy##*/}" ">" "$until" >/dev/null || found=$copy
    done
    [ -d "$found" ] || { echo "No base backup ended by $UNTIL; there are: $(ls /archive/base)" >&2; exit 1; }
    rm -rf "$PGDATA"
    mkdir -p "${PGDATA%/*}"
    cp -a "$found" "$PGDATA"
    touch "$PGDATA/recovery.signal"
    exec docker-entrypoint.sh "$@" -chot_standby=off -crestore_command="gunzip < $wal > %p" \
        -crecovery_target_time="$(date -u --date="$UNTIL" "+%F %T+00")" -crecovery_target_action=promote
    ;;
esac
