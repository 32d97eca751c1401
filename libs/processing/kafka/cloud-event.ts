import type { Message } from 'kafkajs';
import type { Recorded } from '#contracts/envelope.js';
import { without } from '#contracts/paths.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { dataSchemaOf } from '#contracts/published-schemas.js';
import { eventsTopicOf } from '#contracts/topics.js';
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
