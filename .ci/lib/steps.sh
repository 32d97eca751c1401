# Steps with their times, and the clean clone that they run in.

started=$SECONDS
mkdir -p "$work/steps"

# step NAME COMMAND…: ends the run when the command fails.
step() {
  local name=$1 from=$SECONDS told
  shift
  printf '\n=== %s (at %d s)\n' "$name" $((SECONDS - started))
  # Named by its beginning: steps that run beside others tell of themselves too.
  told=$(mktemp "$work/steps/$(date +%s%N).XXXX")
  echo "$name: failed" >"$told"
  "$@"
  echo "$name: $((SECONDS - from)) s" >"$told"
}

report_steps() {
  printf '\n=== %d s in all\n' $((SECONDS - started))
  find "$work/steps" -type f | sort | xargs -r cat
}

beside_pid=

# beside COMMAND…: runs steps beside those that follow. What they say comes with `await_beside`.
beside() {
  "$@" >"$work/beside.log" 2>&1 &
  beside_pid=$!
}

# await_beside: waits for them; ends the run when one of them failed.
await_beside() {
  local code=0
  wait "$beside_pid" || code=$?
  beside_pid=
  cat "$work/beside.log"
  return "$code"
}

# stop_beside: ends them and what they started, where the run ends before they do; what they said is told.
stop_beside() {
  [ -n "$beside_pid" ] || return 0
  stop_with_children "$beside_pid"
  wait "$beside_pid" 2>/dev/null || true
  cat "$work/beside.log"
}

# stop_with_children PID: asks a process to end, and all that it started.
stop_with_children() {
  local children child
  children=$(pgrep -P "$1") || true
  kill -TERM "$1" 2>/dev/null || true
  for child in $children; do stop_with_children "$child"; done
}

# Goes to a clean clone of HEAD: this tree, where it is one.
clean_clone() {
  if [ ! -e "$root/node_modules" ] && [ ! -e "$root/dist" ] && [ -z "$(git -C "$root" status --porcelain)" ]; then
    cd "$root"
    return
  fi
  echo "This tree is not a clean clone: running in a clean clone of $(git -C "$root" rev-parse --short HEAD)."
  git clone --quiet "$root" "$work/rapport"
  # The data sets that some specs read where they are there: beside the clone as beside this tree.
  [ ! -d "$root/../shared" ] || ln -s "$(cd "$root/../shared" && pwd)" "$work/shared"
  cd "$work/rapport"
}

# limited SECONDS COMMAND…: a command that hangs fails.
limited() {
  timeout --kill-after=20 "$@"
}

# free_port: a port that nobody listens on, outside the range that the system gives to outgoing connections.
free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 10000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || {
      echo "$port"
      return
    }
  done
  echo 'No free port found.' >&2
  return 1
}

# ready_line PID OUTPUT LOG: the line with which `rapport up --json` says that it is ready; fails with its log.
ready_line() {
  local line=
  for _ in $(seq 300); do
    line=$(head -n 1 "$2" 2>/dev/null) || line=
    [ -z "$line" ] || {
      echo "$line"
      return
    }
    kill -0 "$1" || break
    sleep 0.2
  done
  cat "$3" >&2
  return 1
}

# stop PID: asks it to end, and makes it after 20 seconds.
stop() {
  local pid=$1
  kill -TERM "$pid" 2>/dev/null || return 0
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.2
  done
  kill -KILL "$pid" 2>/dev/null || true
}
