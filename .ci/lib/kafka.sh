# One node of Apache Kafka from its jars, on free ports, in a temporary folder: one listener is open, another one takes
# TLS with SASL. `$work/kafka/start` starts it (again), `$work/kafka/pid` tells its process: a spec may kill it.

kafka_brokers=
kafka_secured=

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
  local jars port controller secured
  jars=$(kafka_jars)
  port=$(free_port)
  controller=$(free_port)
  secured=$(free_port)
  mkdir -p "$work/kafka"
  kafka_certificate
  cat >"$work/kafka/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,SASL_SSL://127.0.0.1:$secured,CONTROLLER://127.0.0.1:$controller
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=$work/kafka/logs
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
ssl.keystore.type=PEM
ssl.keystore.location=$work/kafka/broker.pem
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_rapport="rapport-secret";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";
PROPERTIES
  java -cp "$jars/*" kafka.tools.StorageTool format "--cluster-id=$(random_id)" -c "$work/kafka/server.properties" \
    --add-scram 'SCRAM-SHA-256=[name=rapport,password=rapport-secret]' \
    --add-scram 'SCRAM-SHA-512=[name=rapport,password=rapport-secret]' >"$work/kafka/format.log" 2>&1 || {
    cat "$work/kafka/format.log"
    return 1
  }
  cat >"$work/kafka/start" <<START
#!/bin/sh
echo \$\$ >"$work/kafka/pid"
exec java -Xmx1g -cp "$jars/*" kafka.Kafka "$work/kafka/server.properties" >>"$work/kafka/server.log" 2>&1
START
  chmod +x "$work/kafka/start"
  "$work/kafka/start" &
  kafka_brokers=127.0.0.1:$port
  kafka_secured=127.0.0.1:$secured
  for _ in $(seq 120); do
    if kcat -b "$kafka_brokers" -L -m 2 >/dev/null 2>&1; then
      echo "Apache Kafka $(basename "$jars"/kafka_2.13-*.jar .jar | sed 's/.*-//') on $kafka_brokers"
      return
    fi
    sleep 0.5
    kafka_runs || break
  done
  echo 'Apache Kafka did not start:'
  tail -n 40 "$work/kafka/server.log"
  return 1
}

# 16 random bytes, as Kafka writes a cluster's id.
random_id() {
  head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '='
}

# A self-signed certificate for 127.0.0.1, which is its own authority.
kafka_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$work/kafka/key.pem" -out "$work/kafka/ca.pem" 2>/dev/null
  cat "$work/kafka/key.pem" "$work/kafka/ca.pem" >"$work/kafka/broker.pem"
}

kafka_runs() {
  [ -e "$work/kafka/pid" ] && kill -0 "$(cat "$work/kafka/pid")" 2>/dev/null
}

stop_kafka() {
  ! kafka_runs || stop "$(cat "$work/kafka/pid")"
}
