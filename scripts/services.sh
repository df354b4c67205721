#!/usr/bin/env bash
# Starts a PostgreSQL or a NATS for the tests and prints its address, as the last line. If it runs already, only prints
# it. They listen on this machine only. Their data are in a temporary directory, and syncing is on, as in real ones.
# Where one is missing, Debian's package is installed.
#
#   RX_REALTIME_TEST_POSTGRES=$(scripts/services.sh) npx vitest run test/store
#   RX_REALTIME_TEST_NATS=$(scripts/services.sh start nats) npx vitest run test/cluster
#   scripts/services.sh present [nats]    does not install it where it is missing
#   scripts/services.sh stop [nats]       stops it and deletes its data
#   scripts/services.sh crash [nats]      stops it at once, as a crash does; start starts it again
#   scripts/services.sh restart [nats]    both
#
# PostgreSQL refuses to run as root: then it runs as the user "postgres", which Debian's package makes, or "nobody".
set -euo pipefail

command=${1:-start}
service=${2:-postgres}

case $service in
  postgres)
    port=${RX_REALTIME_TEST_POSTGRES_PORT:-6432}
    home=${RX_REALTIME_TEST_POSTGRES_HOME:-${TMPDIR:-/tmp}/rx-realtime-postgres-$port}
    url=postgres://rx:rx@127.0.0.1:$port/rx
    name=PostgreSQL package=postgresql
    ;;
  nats)
    port=${RX_REALTIME_TEST_NATS_PORT:-6433}
    home=${RX_REALTIME_TEST_NATS_HOME:-${TMPDIR:-/tmp}/rx-realtime-nats-$port}
    url=nats://127.0.0.1:$port
    name=NATS package=nats-server
    ;;
  *)
    echo "usage: $0 [start|present|crash|restart|stop] [postgres|nats]" >&2
    exit 2
    ;;
esac
data=$home/data
lock=${TMPDIR:-/tmp}/rx-realtime-$service-$port.lock

install_package() {
  command -v apt-get > /dev/null && [[ $(id -u) == 0 ]] || return 1
  export DEBIAN_FRONTEND=noninteractive
  # No server of the system: the tests have one of their own.
  mkdir -p /etc/postgresql-common
  local settings=/etc/postgresql-common/createcluster.conf
  [[ -e $settings ]] || echo 'create_main_cluster = false' > "$settings"
  local install=(apt-get install -y --no-install-recommends "$package")
  { "${install[@]}" || { apt-get update && "${install[@]}"; }; } >&2
}

# PostgreSQL.

as_user() {
  if [[ $(id -u) != 0 ]]; then "$@"; return; fi
  local user=nobody
  if id postgres > /dev/null 2>&1; then user=postgres; fi
  (cd / && setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@")
}

programs() { ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -n 1; }

find_postgres() {
  bin=$(programs)
  if [[ -z $bin ]] && command -v initdb > /dev/null; then bin=$(dirname "$(command -v initdb)"); fi
  [[ -n $bin ]]
}

postgres_runs() { [[ -f $data/PG_VERSION ]] && as_user "$bin/pg_ctl" -D "$data" status > /dev/null 2>&1; }

start_postgres() {
  if [[ ! -f $data/PG_VERSION ]]; then rm -rf "$home"; create_postgres; fi
  as_user "$bin/pg_ctl" -D "$data" -w -t 60 -l "$home/log" start < /dev/null >&2 9>&- ||
    { tail -n 20 "$home/log" >&2; return 1; }
  ask -tAc "select 1 from pg_database where datname = 'rx'" | grep -q 1 || ask -qc 'create database rx' >&2
}

crash_postgres() { as_user "$bin/pg_ctl" -D "$data" -m immediate -w stop >&2; }

ask() { PGPASSWORD=rx "$bin/psql" -h 127.0.0.1 -p "$port" -U rx -d postgres "$@"; }

create_postgres() {
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

# NATS. It keeps nothing.

find_nats() {
  bin=$(command -v nats-server || ls /usr/sbin/nats-server 2> /dev/null)
  [[ -n $bin ]]
}

arguments_of() {
  if [[ -d /proc/self ]]; then tr '\0' ' ' < "/proc/$1/cmdline"; else ps -o args= -p "$1"; fi 2> /dev/null
}

# A process with this number may be another one by now.
nats_runs() { [[ -f $home/pid ]] && [[ $(arguments_of "$(< "$home/pid")") == *"--port $port "* ]]; }

accepts() { (: > "/dev/tcp/127.0.0.1/$port") 2> /dev/null; }

start_nats() {
  mkdir -p "$home"
  setsid "$bin" --addr 127.0.0.1 --port "$port" --log "$home/log" < /dev/null > /dev/null 2>&1 9>&- &
  echo $! > "$home/pid"
  for _ in {1..200}; do
    if nats_runs && accepts; then return; fi
    sleep 0.05
  done
  tail -n 20 "$home/log" >&2
  return 1
}

crash_nats() {
  kill -KILL "$(< "$home/pid")"
  while nats_runs; do sleep 0.02; done
  rm "$home/pid"
}

if ! "find_$service"; then
  if [[ $command == present ]] || ! install_package || ! "find_$service"; then
    echo "there is no $name here: install the package \"$package\"" >&2
    exit 1
  fi
fi

# Two callers at once start it once.
exec 9> "$lock"
flock 9

case $command in
  start | present)
    "${service}_runs" || "start_$service"
    echo "$url"
    ;;
  crash)
    if "${service}_runs"; then "crash_$service"; fi
    ;;
  restart)
    if "${service}_runs"; then "crash_$service"; fi
    "start_$service"
    echo "$url"
    ;;
  stop)
    if "${service}_runs"; then "crash_$service"; fi
    rm -rf "$home" "$lock"
    ;;
  *)
    echo "usage: $0 [start|present|crash|restart|stop] [postgres|nats]" >&2
    exit 2
    ;;
esac
