# The topics, read from outside by clients that know nothing of this code but the published contract: the examples of
# docs/examples/subscribers in Python, TypeScript and Java, and Kafka's own console consumer.

subscribers_pid=

stop_subscribers_system() {
  [ -z "$subscribers_pid" ] || stop "$subscribers_pid"
  subscribers_pid=
}

# contract_python: the Python that the example of that language runs in.
contract_python() {
  local requirements=docs/examples/subscribers/python/requirements.txt venv
  venv=$cache/subscriber-$(sha256sum "$requirements" | cut -c1-12)
  if [ ! -e "$venv/.complete" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" >&2
    touch "$venv/.complete"
  fi
  echo "$venv/bin/python"
}

# validate_messages BROKERS TOPIC…: every committed message is a CloudEvent whose data are what the published schema says,
# and no more than it says. Prints a line of JSON.
validate_messages() {
  local python brokers=$1
  shift
  python=$(contract_python)
  limited 120 "$python" docs/examples/subscribers/python/subscriber.py --brokers "$brokers" --schemas docs/schemas \
    --database :memory: --once --strict "${@/#/--topic=}"
}

# number NAME JSON
number() {
  node -p "JSON.parse(process.argv[1])[process.argv[2]]" "$2" "$1"
}

# expect_equal WHAT ACTUAL EXPECTED
expect_equal() {
  printf '%s: %s\n' "$1" "$2"
  [ "$2" = "$3" ] || {
    echo "$1 should be $3." >&2
    return 1
  }
}

# Starts the system on the broker that runs, and lets something happen: one life from prospect to won back, and the first
# purchases of CDNOW.
fill_topics() {
  local jars=$1 line
  # What the specs have left there was published from other stores.
  java -cp "$jars/*" org.apache.kafka.tools.TopicCommand --bootstrap-server "$kafka_brokers" --delete --if-exists \
    --topic 'rapport\..*' >/dev/null 2>&1
  : >"$work/subscribers.json"
  KAFKA_BROKERS=$kafka_brokers node dist/apps/cli/main.js up --data "$work/subscribers" --port "$(free_port)" --json \
    >"$work/subscribers.json" 2>"$work/subscribers.log" &
  subscribers_pid=$!
  line=$(ready_line "$subscribers_pid" "$work/subscribers.json" "$work/subscribers.log") || return 1
  RAPPORT_API_KEY=$(number apiKey "$line") node docs/examples/lifecycle/play.mjs --api "$(number api "$line")" >/dev/null
  head -n 1500 "${RAPPORT_SHARED:-../shared}/data/cdnow/CDNOW_master.txt" >"$work/purchases.txt"
  node dist/apps/cli/main.js import "$work/purchases.txt" --mapping docs/examples/imports/cdnow.json --data "$work/subscribers" --json
}

# Counts what is published until it is as much as the store holds.
await_published() {
  local published=-1 counted
  counted=$(node dist/apps/cli/main.js events count --data "$work/subscribers" --json)
  stored=$(number customerEvents "$counted")
  stored_in_all=$(number events "$counted")
  for _ in $(seq 60); do
    published=$(kcat -b "$kafka_brokers" -C -t rapport.customer.events.v1 -o beginning -e -q \
      -X isolation.level=read_committed -f '%k\n' | wc -l)
    [ "$published" -lt "$stored" ] || break
    sleep 0.5
  done
  expect_equal 'messages that kcat reads' "$published" "$stored"
}

# Waits until every change that is recorded has been sent to the state topics.
await_states() {
  local lag=
  for _ in $(seq 60); do
    lag=$(node dist/apps/cli/main.js status --data "$work/subscribers" --json |
      node -p "JSON.parse(fs.readFileSync(0)).processors.find(({ name }) => name === 'state_publisher').lag")
    [ "$lag" != 0 ] || return 0
    sleep 0.5
  done
  echo "The state topics lag behind by $lag positions." >&2
  return 1
}

outside_subscribers() {
  local jars told customers examples=docs/examples/subscribers stored= stored_in_all=
  jars=$(kafka_jars)
  fill_topics "$jars"
  await_published
  told=$(validate_messages "$kafka_brokers" rapport.{customer,business}.events.v1)
  echo "Python: $told"
  expect_equal 'messages of both topics that Python validates' "$(number messages "$told")" "$stored_in_all"
  customers=$(number CustomerAcquired "$(node -p 'JSON.stringify(JSON.parse(process.argv[1]).types)' "$told")")
  await_states
  told=$(validate_messages "$kafka_brokers" rapport.customer.360.v1 rapport.loyalty.level.v1)
  echo "Python: $told"
  expect_equal 'states that Python validates' "$(node -p 'Object.values(JSON.parse(process.argv[1]).states).join()' "$told")" \
    "$customers,$customers"
  told=$(java -cp "$jars/*" org.apache.kafka.tools.consumer.ConsoleConsumer --bootstrap-server "$kafka_brokers" \
    --topic rapport.customer.events.v1 --from-beginning --isolation-level read_committed --timeout-ms 5000 2>&1 >/dev/null)
  expect_equal "what Kafka's console consumer says" "$(grep -o 'total of .*' <<<"$told")" "total of $stored messages"
  told=$(limited 60 node "dist/$examples/typescript/subscriber.js" --brokers "$kafka_brokers" --once)
  expect_equal 'what the TypeScript subscriber sums up' "$(number messages "$told")" "$stored"
  javac -Xlint:all -Werror -cp "$jars/*" -d "$work/java" "$examples/java/Subscriber.java"
  expect_equal 'what the Java subscriber sums up' \
    "$(limited 60 java -cp "$work/java:$jars/*" Subscriber "$kafka_brokers" --once 2>"$work/java.log")" "$told"
  stop_subscribers_system
}
