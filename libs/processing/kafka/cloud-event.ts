import type { Message } from 'kafkajs';
import type { Recorded } from '#contracts/envelope.js';
import { without } from '#contracts/paths.js';
import { BUSINESS_EVENTS_TOPIC, CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import { personalPaths } from '#event-store/personal-data-cipher.js';

/** The topic that an event goes to. */
export function topicOf({ metadata }: Recorded): string {
  switch (metadata.subject.kind) {
    case 'customer':
      return CUSTOMER_EVENTS_TOPIC;
    case 'rules':
      return BUSINESS_EVENTS_TOPIC;
  }
}

/**
 * An event as a Kafka message: CloudEvents 1.0, binary mode. Keyed by customer, so that one customer's events stay in
 * order; fields marked as personal data are left out. The record's timestamp is when it was appended, because old
 * facts must not expire on arrival; `ce_time` is when it happened.
 */
export function toCloudEvent(event: Recorded): Message {
  const { metadata, type, eventId } = event;
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: eventId,
    ce_source: '/rapport',
    ce_type: type,
    ce_subject: event.streamId,
    ce_time: metadata.occurredAt,
    ce_position: String(event.position),
    ce_revision: String(event.revision),
    ce_schemaversion: String(metadata.schemaVersion),
    ce_correlationid: metadata.correlationId,
    ce_causationid: metadata.causationId,
    'content-type': 'application/json',
  };
  if (metadata.customerId !== undefined) headers.ce_customerid = metadata.customerId;
  // What its subscribers do with it goes on in the trace that it was appended in.
  if (metadata.traceparent !== undefined) headers.traceparent = metadata.traceparent;
  return {
    key: metadata.subject.kind === 'customer' ? (metadata.customerId ?? metadata.subject.id) : metadata.subject.id,
    value: JSON.stringify(without(event.data, personalPaths(type))),
    headers,
    timestamp: String(Date.parse(event.recordedAt)),
  };
}
