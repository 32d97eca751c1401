# A cluster of Debian's PostgreSQL of its own, on a free port, in a temporary folder.

postgres_pid=
postgres_url=

# PostgreSQL refuses to run as root: there its own user runs it.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups --reset-env "$@"
  else
    "$@"
  fi
}

start_postgres() {
  local bin port data=$work/postgres
  bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
  port=$(free_port)
  mkdir -p "$data"
  [ "$(id -u)" != 0 ] || chown postgres "$data"
  as_postgres "$bin/initdb" --pgdata="$data/cluster" --username=rapport --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
    --no-sync >"$work/initdb.log" 2>&1 || {
    cat "$work/initdb.log"
    return 1
  }
  as_postgres "$bin/postgres" -D "$data/cluster" -p "$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c max_connections=200 >"$work/postgres.log" 2>&1 &
  postgres_pid=$!
  postgres_url=postgres://rapport@127.0.0.1:$port/postgres
  for _ in $(seq 120); do
    if "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; then
      echo "$("$bin/postgres" --version) on port $port"
      return
    fi
    kill -0 "$postgres_pid" 2>/dev/null || break
    sleep 0.25
  done
  echo 'PostgreSQL did not start:'
  tail -n 40 "$work/postgres.log"
  return 1
}

stop_postgres() {
  # INT is PostgreSQL's fast shutdown: it does not wait for clients.
  [ -z "$postgres_pid" ] || { kill -INT "$postgres_pid" 2>/dev/null || true; stop "$postgres_pid"; }
  postgres_pid=
}
