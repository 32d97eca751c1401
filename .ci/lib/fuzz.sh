# The API, tried from outside on a whole system: the example of one customer's life, then the contract. Schemathesis makes
# requests of the OpenAPI document, and every answer has to be one that the document knows.

fuzz_pid=

start_fuzzed_system() {
  local port
  port=$(free_port)
  RAPPORT_RATE_LIMIT=0 node dist/apps/cli/main.js up --data "$work/fuzz" --port "$port" --json >"$work/fuzz.json" 2>"$work/fuzz.log" &
  fuzz_pid=$!
  ready_line "$fuzz_pid" "$work/fuzz.json" "$work/fuzz.log" >/dev/null || return 1
  fuzz_url=http://127.0.0.1:$port
  fuzz_key=$(cat "$work/fuzz/api-key")
}

stop_fuzzed_system() {
  [ -n "$fuzz_pid" ] || return 0
  stop "$fuzz_pid"
  fuzz_pid=
}

# fuzz_api EXAMPLES: a seed is printed; `--seed N` repeats a run.
fuzz_api() {
  local venv=$cache/schemathesis
  [ -x "$venv/bin/st" ] || {
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.32.5
  }
  start_fuzzed_system
  RAPPORT_API_KEY=$fuzz_key node docs/examples/lifecycle/play.mjs --api "$fuzz_url" >"$work/example.txt"
  tail -n 60 "$work/example.txt"
  local config=$PWD/.ci/fuzz.toml fuzzed event
  fuzzed=$(node .ci/fuzzed.mjs "$fuzz_url" "$fuzz_key")
  event=$(node -p 'JSON.parse(process.argv[1]).event' "$fuzzed")
  # It keeps notes in the folder where it runs.
  (cd "$work" && FUZZED=$fuzzed FUZZED_EVENT=$event SCHEMATHESIS_HOOKS=${config%.toml}_hooks.py \
    limited 600 "$venv/bin/st" --config-file "$config" run "$fuzz_url/openapi.json" --checks all \
    --max-examples "$1" --workers 1 --exclude-path /events -H "Authorization: Bearer $fuzz_key" -H "X-API-Key: $fuzz_key" --continue-on-failure)
  # What such requests brought about is published as the schemas of the topics say, too.
  local brokers
  brokers=$(node -p 'JSON.parse(process.argv[1]).kafka.join()' "$(head -n 1 "$work/fuzz.json")")
  echo "Published: $(validate_messages "$brokers" rapport.{customer.events,business.events,customer.360,loyalty.level}.v1)"
  stop_fuzzed_system
}
