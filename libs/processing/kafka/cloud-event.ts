import type { KafkaMessage, Message } from 'kafkajs';
import type { EventMetadata, Recorded } from '#contracts/envelope.js';
import { without } from '#contracts/paths.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { dataSchemaOf } from '#contracts/published-schemas.js';
import { eventsTopicOf } from '#contracts/topics.js';
import { currentVersion, upcast } from '#contracts/upcasters.js';
import type { AddressedMessage } from './requests.js';

/** The topic that an event goes to. */
export function topicOf({ metadata }: Recorded): string {
  return eventsTopicOf(metadata.subject.kind);
}

/**
 * An event as a Kafka message: CloudEvents 1.0, binary mode. Keyed by customer, so that one customer's events stay in
 * order; fields marked as personal data are left out, but for those that configuration lets in. The record's timestamp
 * is when it was appended, because old facts must not expire on arrival; `ce_time` is when it happened.
 *
 * The Kafka binding takes header values as they are, in UTF-8: percent-encoding is HTTP's alone. All of these are ASCII.
 */
export function toCloudEvent(event: Recorded, published = PublishedFields.none): Message {
  const { metadata, type, eventId } = event;
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: eventId,
    ce_source: '/rapport',
    ce_type: type,
    ce_subject: event.streamId,
    ce_time: metadata.occurredAt,
    ce_dataschema: dataSchemaOf(type, metadata.schemaVersion),
    ce_schemaversion: String(metadata.schemaVersion),
    ce_position: String(event.position),
    ce_revision: String(event.revision),
    ce_correlationid: metadata.correlationId,
    ce_causationid: metadata.causationId,
    'content-type': 'application/json',
  };
  if (metadata.customerId !== undefined) headers.ce_customerid = metadata.customerId;
  // What its subscribers do with it goes on in the trace that it was appended in.
  if (metadata.traceparent !== undefined) headers.traceparent = metadata.traceparent;
  return {
    key: metadata.subject.kind === 'customer' ? (metadata.customerId ?? metadata.subject.id) : metadata.subject.id,
    value: JSON.stringify(without(event.data, published.leftOut(type))),
    headers,
    timestamp: String(Date.parse(event.recordedAt)),
  };
}

/** The message with the topic that it goes to. */
export function addressed(event: Recorded, published = PublishedFields.none): AddressedMessage {
  return { topic: topicOf(event), message: toCloudEvent(event, published) };
}

/** What a message tells of an event's metadata; who did it, why and by which command is told by `$all` alone. */
export type PublishedMetadata = Pick<
  EventMetadata,
  'occurredAt' | 'correlationId' | 'causationId' | 'customerId' | 'schemaVersion' | 'traceparent'
>;

/** An event as a message tells it. */
export type PublishedEvent = Omit<Recorded, 'metadata'> & { metadata: PublishedMetadata };

/** A record of an events topic that the publisher did not write. */
export class ForeignRecord extends Error {
  constructor({ offset }: Pick<KafkaMessage, 'offset'>, what: string) {
    super(`The record at offset ${offset} has no ${what}: Rapport did not publish it.`);
    this.name = 'ForeignRecord';
  }
}

/** The position of the event in a message. @throws ForeignRecord */
export function positionOf(message: Pick<KafkaMessage, 'headers' | 'offset'>): bigint {
  const position = headerOf(message, 'ce_position');
  if (!/^\d+$/.test(position)) throw new ForeignRecord(message, 'ce_position');
  return BigInt(position);
}

/**
 * The event in a message, the inverse of `toCloudEvent` as far as messages tell: its data are brought up to the current
 * version, and what was left out stays left out.
 * @throws ForeignRecord, NewerVersion
 */
export function fromCloudEvent(message: KafkaMessage): PublishedEvent {
  const header = (name: string) => headerOf(message, name);
  const position = positionOf(message);
  const [type, version] = [header('ce_type'), Number(header('ce_schemaversion'))];
  const optional = { customerId: header('ce_customerid'), traceparent: header('traceparent') };
  return {
    type,
    data: upcast(type, version, dataOf(message)),
    eventId: header('ce_id'),
    streamId: header('ce_subject'),
    revision: Number(header('ce_revision')),
    position,
    recordedAt: new Date(Number(message.timestamp)).toISOString(),
    metadata: {
      occurredAt: header('ce_time'),
      correlationId: header('ce_correlationid'),
      causationId: header('ce_causationid'),
      schemaVersion: currentVersion(type),
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== '')),
    },
  };
}

/** Of a header that is repeated the first counts; of one that is missing there is no text. */
function headerOf({ headers }: Pick<KafkaMessage, 'headers'>, name: string): string {
  const value = headers?.[name];
  return (Array.isArray(value) ? value[0] : value)?.toString() ?? '';
}

function dataOf(message: KafkaMessage): object {
  try {
    return JSON.parse(String(message.value)) as object;
  } catch {
    throw new ForeignRecord(message, 'JSON');
  }
}
