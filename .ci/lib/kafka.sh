# One node of Apache Kafka from its jars, on free ports, in a temporary folder.

kafka_pid=
kafka_brokers=

# Fetches the jars that kafka/pom.xml names into the cache; a changed pom fetches anew.
kafka_jars() {
  local pom=$here/kafka/pom.xml
  local folder
  folder=$cache/kafka-$(sha256sum "$pom" | cut -c1-12)
  if [ ! -e "$folder/.complete" ]; then
    mvn --batch-mode --quiet -Dstyle.color=never -f "$pom" dependency:copy-dependencies -DoutputDirectory="$folder" >&2 </dev/null
    touch "$folder/.complete"
  fi
  echo "$folder"
}

start_kafka() {
  local jars port controller
  jars=$(kafka_jars)
  port=$(free_port)
  controller=$(free_port)
  mkdir -p "$work/kafka"
  cat >"$work/kafka/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
controller.listener.names=CONTROLLER
log.dirs=$work/kafka/logs
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
PROPERTIES
  java -cp "$jars/*" kafka.tools.StorageTool format "--cluster-id=$(random_id)" -c "$work/kafka/server.properties" \
    >"$work/kafka/format.log" 2>&1 || {
    cat "$work/kafka/format.log"
    return 1
  }
  java -Xmx1g -cp "$jars/*" kafka.Kafka "$work/kafka/server.properties" >"$work/kafka/server.log" 2>&1 &
  kafka_pid=$!
  kafka_brokers=127.0.0.1:$port
  for _ in $(seq 120); do
    if kcat -b "$kafka_brokers" -L -m 2 >/dev/null 2>&1; then
      echo "Apache Kafka $(basename "$jars"/kafka_2.13-*.jar .jar | sed 's/.*-//') on $kafka_brokers"
      return
    fi
    kill -0 "$kafka_pid" 2>/dev/null || break
    sleep 0.5
  done
  echo 'Apache Kafka did not start:'
  tail -n 40 "$work/kafka/server.log"
  return 1
}

# 16 random bytes, as Kafka writes a cluster's id.
random_id() {
  head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '='
}

stop_kafka() {
  [ -z "$kafka_pid" ] || stop "$kafka_pid"
  kafka_pid=
}
