import type { KafkaMessage } from 'kafkajs';

/** A record of the topic that is subscribed to, as it came. */
export interface SourceRecord {
  partition: number;
  offset: bigint;
  /** What keeps order: the customer's id, on the customer topic. Empty where the record has none. */
  key: string;
  value: Buffer | null;
  headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, as text. */
  timestamp: string;
}

/** A message as kafkajs gives it. */
export function toSourceRecord(partition: number, message: KafkaMessage): SourceRecord {
  const { offset, key, value, timestamp } = message;
  return { partition, offset: BigInt(offset), key: textOf(key), value, headers: headersOf(message), timestamp };
}

/** The headers as text. Of one that is repeated the first counts. */
export function headersOf({ headers }: KafkaMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name, textOf(Array.isArray(value) ? value[0] : value)]),
  );
}

/** Kafka's bytes as text; nothing is empty text. */
export function textOf(value: Buffer | string | null | undefined): string {
  return value?.toString() ?? '';
}
