import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Sums up what customers bought, in memory, from Rapport's events, each event once.
 * Needs org.apache.kafka:kafka-clients and com.fasterxml.jackson.core:jackson-databind.
 *
 * <p>java Subscriber BROKERS [--once]: --once reads to the present end and prints what it found.
 */
public final class Subscriber {
  private static final String TOPIC = "rapport.customer.events.v1";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Long> totals = new TreeMap<>();
  private final Set<String> customers = new HashSet<>();
  /** How far each partition was read: what comes again after a rebalance was counted already. */
  private final Map<Integer, Long> read = new HashMap<>();
  private long messages;

  private static Properties settings(String brokers) {
    Properties settings = new Properties();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    // Java's default is read_uncommitted: events of aborted transactions would come, and then come again.
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class.getName());
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class.getName());
    // The totals are in memory: a group of its own for each start reads from the beginning.
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, "purchase-totals-" + System.currentTimeMillis());
    return settings;
  }

  private static String header(ConsumerRecord<String, String> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  private void handle(ConsumerRecord<String, String> record) throws Exception {
    long position = Long.parseLong(header(record, "ce_position"));
    if (position <= read.getOrDefault(record.partition(), -1L)) return;
    messages++;
    customers.add(record.key());
    // An event type that is not wanted, or not known yet, is passed over; a new version of a wanted one is not.
    if (header(record, "ce_type").equals("CustomerPurchased")) {
      String version = header(record, "ce_schemaversion");
      if (!version.equals("1")) throw new IllegalStateException("This reads version 1, not " + version);
      JsonNode data = JSON.readTree(record.value());
      totals.merge(data.get("currency").asText(), data.get("total").asLong(), Long::sum);
    }
    read.put(record.partition(), position);
  }

  private void poll(KafkaConsumer<String, String> consumer) throws Exception {
    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(500))) handle(record);
    // Offsets follow what was handled: a crash in between brings messages again, never loses one.
    consumer.commitSync();
  }

  private void subscribe(KafkaConsumer<String, String> consumer) throws Exception {
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  consumer.wakeup();
                  try {
                    main.join();
                  } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                  }
                }));
    consumer.subscribe(List.of(TOPIC));
    try {
      while (true) poll(consumer);
    } catch (WakeupException stopped) {
      // Asked to stop: the group has what was committed.
    }
  }

  private void readOnce(KafkaConsumer<String, String> consumer) throws Exception {
    List<TopicPartition> partitions =
        consumer.partitionsFor(TOPIC).stream().map(p -> new TopicPartition(TOPIC, p.partition())).toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    // With read_committed these are the ends of what is committed.
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) poll(consumer);
  }

  public static void main(String[] args) throws Exception {
    Subscriber subscriber = new Subscriber();
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings(args[0]))) {
      if (args.length > 1 && args[1].equals("--once")) subscriber.readOnce(consumer);
      else subscriber.subscribe(consumer);
    }
    Map<String, Object> summary = new TreeMap<>();
    summary.put("customers", subscriber.customers.size());
    summary.put("messages", subscriber.messages);
    summary.put("totals", subscriber.totals);
    System.out.println(JSON.writeValueAsString(summary));
  }
}
