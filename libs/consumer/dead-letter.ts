import type { KafkaMessage, Message } from 'kafkajs';
import { headersOf, type SourceRecord, textOf } from './source-record.js';

/** Why a record is a dead letter: it broke the contract, its handler failed, or an earlier one of its key is there. */
export type DeadLetterReason = 'invalid' | 'failed' | 'follows';

/** A record that was not handled, kept until it is retried or dropped. */
export interface DeadLetter {
  record: SourceRecord;
  reason: DeadLetterReason;
  error?: string;
  /** When it was put here, RFC 3339 UTC. */
  at: string;
}

/** One entry of a dead-letter topic. */
export type DeadLetterEntry =
  | { kind: 'letter'; letter: DeadLetter }
  | { kind: 'letter-gone'; offset: bigint }
  | { kind: 'retry-asked'; key: string }
  | { kind: 'retry-done'; key: string }
  | { kind: 'marker'; id: string };

const LONGEST_ERROR = 2_000;
const PREFIX = 'dlt_';

/** The topic of a consumer group's dead letters: `rapport.customer.events.v1.shipping.dlt`. */
export function deadLetterTopic(topic: string, groupId: string): string {
  const name = `${topic}.${groupId}.dlt`;
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(name)) {
    throw new Error(
      `${name} is no name for a topic: use letters, digits, . _ and - in the group's id, and fewer of them.`,
    );
  }
  return name;
}

/**
 * A dead letter as a message on the partition of its own number. Its key is its place there, so that compaction keeps
 * every one until it is gone.
 */
export function letterMessage({ record, reason, error, at }: DeadLetter): Message {
  return {
    key: `letter/${record.offset}`,
    // Without a value it would say that the letter is gone.
    value: record.value ?? Buffer.alloc(0),
    headers: {
      ...record.headers,
      dlt_key: record.key,
      dlt_offset: String(record.offset),
      dlt_timestamp: record.timestamp,
      dlt_reason: reason,
      dlt_at: at,
      ...(record.value === null && { dlt_null: '1' }),
      ...(error !== undefined && { dlt_error: error.slice(0, LONGEST_ERROR) }),
    },
  };
}

export function letterGoneMessage(offset: bigint): Message {
  return { key: `letter/${offset}`, value: null };
}

export function retryAskedMessage(key: string, at: string): Message {
  return { key: `retry/${key}`, value: at };
}

export function retryDoneMessage(key: string): Message {
  return { key: `retry/${key}`, value: null };
}

/** Says nothing of dead letters; whoever wrote it knows when it has read everything before it. */
export function markerMessage(id: string): Message {
  return { key: 'marker', value: null, headers: { dlt_marker: id } };
}

/** @returns undefined for what is none of Rapport's. */
export function entryOf(partition: number, message: KafkaMessage): DeadLetterEntry | undefined {
  const headers = headersOf(message);
  const [kind, name] = splitOnce(textOf(message.key));
  const gone = message.value === null;
  if (kind === 'marker') return { kind: 'marker', id: headers.dlt_marker ?? '' };
  if (kind === 'retry') return { kind: gone ? 'retry-done' : 'retry-asked', key: name };
  if (kind !== 'letter' || !/^\d+$/.test(name)) return undefined;
  if (gone) return { kind: 'letter-gone', offset: BigInt(name) };
  return { kind: 'letter', letter: letterOf(partition, BigInt(name), message.value, headers) };
}

function letterOf(
  partition: number,
  offset: bigint,
  value: Buffer | null,
  headers: Record<string, string>,
): DeadLetter {
  const { dlt_key = '', dlt_timestamp = '0', dlt_reason, dlt_error, dlt_at = '', dlt_null } = headers;
  const original = Object.entries(headers).filter(([name]) => !name.startsWith(PREFIX));
  return {
    record: {
      partition,
      offset,
      key: dlt_key,
      value: dlt_null === undefined ? value : null,
      headers: Object.fromEntries(original),
      timestamp: dlt_timestamp,
    },
    reason: dlt_reason as DeadLetterReason,
    ...(dlt_error !== undefined && { error: dlt_error }),
    at: dlt_at,
  };
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf('/');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
