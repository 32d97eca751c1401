"""Counts purchases per customer from Rapport's events, in SQLite, each event once.

    pip install -r requirements.txt
    python subscriber.py --brokers 127.0.0.1:9092 --schemas ../../../schemas

--once reads from the beginning to the present end and prints what it found, of state topics too (`--topic
rapport.customer.360.v1`): there the last message of a customer tells how it is, and null that there is nothing to tell.
--strict refuses fields that the schema does not know too, which a test wants and a subscriber does not: Rapport may add
fields at any time.
"""

import argparse
import json
import pathlib
import sqlite3
import sys
from collections import Counter

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
from jsonschema import Draft202012Validator

CUSTOMER_EVENTS = "rapport.customer.events.v1"


class Schemas:
    """The published schemas by their id, which every message names in `ce_dataschema`."""

    def __init__(self, folder, strict=False):
        self.validators = {}
        for file in pathlib.Path(folder).glob("*.json"):
            schema = json.loads(file.read_text(encoding="utf-8"))
            self.validators[schema["$id"]] = Draft202012Validator(
                closed(schema) if strict else schema, format_checker=Draft202012Validator.FORMAT_CHECKER
            )

    def refusal(self, event):
        """Why the event's data are not what its schema says; None where they are."""
        validator = self.validators.get(event.get_dataschema())
        if validator is None:
            return f"{event.get_dataschema()} is not known: take the schemas of the Rapport that publishes"
        error = next(validator.iter_errors(event.get_data()), None)
        return error and f"{error.json_path}: {error.message}"


def closed(schema):
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: closed(value) for key, value in schema.items()}
    if copy.get("type") == "object" and "properties" in copy:
        copy["additionalProperties"] = False
    return copy


def cloud_event(message):
    """A Kafka message as a CloudEvent: headers are attributes, the key is `partitionkey`, the value is the data."""
    return from_binary_event(KafkaMessage(headers=dict(message.headers()), key=message.key(), value=message.value()))


class Purchases:
    """What this subscriber keeps. A row and the position it stands at change in one transaction: a message that comes
    again, after a crash before its offset was committed, finds that it has been counted."""

    def __init__(self, file):
        self.database = sqlite3.connect(file, isolation_level=None)
        self.database.execute("create table if not exists purchases (customer text primary key, count int)")
        self.database.execute("create table if not exists read (partition int primary key, position int)")

    def handle(self, partition, event):
        position = int(event.get_extension("position"))
        self.database.execute("begin")
        row = self.database.execute("select position from read where partition = ?", [partition]).fetchone()
        if row is None or row[0] < position:
            if event.get_type() == "CustomerPurchased":
                self.database.execute(
                    "insert into purchases values (?, 1) on conflict do update set count = count + 1",
                    [event.get_extension("partitionkey")],
                )
            self.database.execute("insert or replace into read values (?, ?)", [partition, position])
        self.database.execute("commit")


def settings(brokers, group):
    return {
        "bootstrap.servers": brokers,
        "group.id": group,
        # librdkafka's default, said all the same: without it events of aborted transactions come too.
        "isolation.level": "read_committed",
        "auto.offset.reset": "earliest",
        # Offsets are committed in the background, but only of what was handled.
        "enable.auto.offset.store": False,
    }


def subscribe(brokers, group, schemas, purchases):
    consumer = Consumer(settings(brokers, group))
    consumer.subscribe([CUSTOMER_EVENTS])
    try:
        while True:
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error():
                raise KafkaException(message.error())
            event = cloud_event(message)
            if refusal := schemas.refusal(event):
                # Nothing is skipped: the next start goes on at this message, with the schemas that know it.
                raise ValueError(f"{message.topic()}/{message.partition()}@{message.offset()}: {refusal}")
            purchases.handle(message.partition(), event)
            consumer.store_offsets(message)
    finally:
        consumer.close()


def read_once(brokers, group, schemas, purchases, topics):
    """Reads every committed message from the beginning to the present end of the topics."""
    consumer = Consumer({**settings(brokers, group), "enable.partition.eof": True, "enable.auto.commit": False})
    known = consumer.list_topics(timeout=10).topics
    states = {topic: {} for topic in topics}
    partitions = [TopicPartition(topic, n, OFFSET_BEGINNING) for topic in topics for n in known[topic].partitions]
    consumer.assign(partitions)
    ended, types, refused = set(), Counter(), []
    while len(ended) < len(partitions):
        for message in consumer.consume(500, 1.0):
            if message.error():
                if message.error().code() != KafkaError._PARTITION_EOF:
                    raise KafkaException(message.error())
                ended.add((message.topic(), message.partition()))
                continue
            if message.value() is None:
                # A tombstone: there is no such state any more.
                types["null"] += 1
                states[message.topic()].pop(message.key(), None)
                continue
            event = cloud_event(message)
            types[event.get_type()] += 1
            if event.get_dataschema().startswith("urn:rapport:state:"):
                states[message.topic()][message.key()] = event.get_data()
            if refusal := schemas.refusal(event):
                refused.append(f"{event.get_type()} {event.get_id()}: {refusal}")
            if message.topic() == CUSTOMER_EVENTS:
                purchases.handle(message.partition(), event)
    consumer.close()
    return types, refused, {topic: len(of_customers) for topic, of_customers in states.items() if of_customers}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--brokers", default="127.0.0.1:9092")
    options.add_argument("--group", default="purchase-counter")
    options.add_argument("--schemas", required=True)
    options.add_argument("--database", default="purchases.sqlite")
    options.add_argument("--topic", action="append", help="with --once: read this topic; may be given again")
    options.add_argument("--once", action="store_true")
    options.add_argument("--strict", action="store_true")
    given = options.parse_args()
    schemas, purchases = Schemas(given.schemas, given.strict), Purchases(given.database)
    if not given.once:
        return subscribe(given.brokers, given.group, schemas, purchases)
    types, refused, states = read_once(given.brokers, given.group, schemas, purchases, given.topic or [CUSTOMER_EVENTS])
    for line in refused:
        print(line, file=sys.stderr)
    counted = {"messages": sum(types.values()), "refused": len(refused), "types": dict(sorted(types.items()))}
    print(json.dumps({**counted, **({"states": states} if states else {})}))
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
