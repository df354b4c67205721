#!/usr/bin/env bash
# Starts a PostgreSQL for the tests and prints its address, as the last line. If it runs already, only prints it.
# It listens on this machine only. Its data are in a temporary directory, and syncing is on, as in a real one. Where
# it is missing, Debian's package is installed.
#
#   RX_REALTIME_TEST_POSTGRES=$(scripts/services.sh) npx vitest run test/store
#   scripts/services.sh present    does not install it where it is missing
#   scripts/services.sh stop       stops it and deletes its data
#   scripts/services.sh restart    stops it at once, as a crash does, and starts it again
#
# PostgreSQL refuses to run as root: then it runs as the user "postgres", which Debian's package makes, or "nobody".
set -euo pipefail

port=${RX_REALTIME_TEST_POSTGRES_PORT:-6432}
home=${RX_REALTIME_TEST_POSTGRES_HOME:-${TMPDIR:-/tmp}/rx-realtime-postgres-$port}
data=$home/data
url=postgres://rx:rx@127.0.0.1:$port/rx

as_user() {
  if [[ $(id -u) != 0 ]]; then "$@"; return; fi
  local user=nobody
  if id postgres > /dev/null 2>&1; then user=postgres; fi
  (cd / && setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@")
}

programs() { ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -n 1; }

find_programs() {
  bin=$(programs)
  if [[ -z $bin ]] && command -v initdb > /dev/null; then bin=$(dirname "$(command -v initdb)"); fi
  [[ -n $bin ]]
}

install_programs() {
  command -v apt-get > /dev/null && [[ $(id -u) == 0 ]] || return 1
  export DEBIAN_FRONTEND=noninteractive
  # No server of the system: the tests have one of their own.
  mkdir -p /etc/postgresql-common
  local settings=/etc/postgresql-common/createcluster.conf
  [[ -e $settings ]] || echo 'create_main_cluster = false' > "$settings"
  local install=(apt-get install -y --no-install-recommends postgresql)
  { "${install[@]}" || { apt-get update && "${install[@]}"; }; } >&2
}

runs() { [[ -f $data/PG_VERSION ]] && as_user "$bin/pg_ctl" -D "$data" status > /dev/null 2>&1; }

start() {
  as_user "$bin/pg_ctl" -D "$data" -w -t 60 -l "$home/log" start < /dev/null >&2 ||
    { tail -n 20 "$home/log" >&2; return 1; }
}

ask() { PGPASSWORD=rx "$bin/psql" -h 127.0.0.1 -p "$port" -U rx -d postgres "$@"; }

create() {
  mkdir -p "$home"
  if [[ $(id -u) == 0 ]]; then chown "$(id postgres > /dev/null 2>&1 && echo postgres || echo nobody)" "$home"; fi
  echo rx > "$home/password" && chmod 644 "$home/password"
  as_user "$bin/initdb" -D "$data" -U rx -A scram-sha-256 --pwfile "$home/password" --no-sync -E UTF8 --locale=C.UTF-8 >&2
  as_user tee -a "$data/postgresql.conf" > /dev/null <<SETTINGS
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = 200
fsync = on
SETTINGS
}

command=${1:-start}
if ! find_programs; then
  if [[ $command == present ]] || ! install_programs || ! find_programs; then
    echo 'there is no PostgreSQL here: install the package "postgresql"' >&2
    exit 1
  fi
fi

# Two callers at once start it once.
exec 9> "${TMPDIR:-/tmp}/rx-realtime-postgres-$port.lock"
flock 9

case $command in
  start | present)
    if ! runs; then
      if [[ ! -f $data/PG_VERSION ]]; then rm -rf "$data"; create; fi
      start 9>&-
    fi
    ask -tAc "select 1 from pg_database where datname = 'rx'" | grep -q 1 || ask -qc 'create database rx' >&2
    echo "$url"
    ;;
  restart)
    runs && as_user "$bin/pg_ctl" -D "$data" -m immediate -w stop >&2
    start 9>&-
    echo "$url"
    ;;
  stop)
    if runs; then as_user "$bin/pg_ctl" -D "$data" -m immediate -w stop >&2; fi
    rm -rf "$home" "${TMPDIR:-/tmp}/rx-realtime-postgres-$port.lock"
    ;;
  *)
    echo "usage: $0 [start|present|restart|stop]" >&2
    exit 2
    ;;
esac
