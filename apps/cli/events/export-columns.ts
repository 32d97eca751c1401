import type { Recorded } from '#contracts/envelope.js';
import type { Column } from '../results/columns.js';

/** The columns of an exported event. */
export const EXPORT_COLUMNS: readonly Column[] = [
  { name: 'event_id', type: 'text' },
  { name: 'type', type: 'text' },
  { name: 'stream_id', type: 'text' },
  { name: 'revision', type: 'integer' },
  { name: 'position', type: 'integer' },
  { name: 'customer_id', type: 'text' },
  { name: 'occurred_at', type: 'instant' },
  { name: 'recorded_at', type: 'instant' },
  { name: 'actor_id', type: 'text' },
  { name: 'actor_kind', type: 'text' },
  { name: 'actor_department', type: 'text' },
  { name: 'actor_outlet_id', type: 'text' },
  { name: 'reason', type: 'text' },
  { name: 'correlation_id', type: 'text' },
  { name: 'causation_id', type: 'text' },
  { name: 'command_id', type: 'text' },
  { name: 'subject_kind', type: 'text' },
  { name: 'subject_id', type: 'text' },
  { name: 'schema_version', type: 'integer' },
  { name: 'source', type: 'text' },
  { name: 'policy', type: 'text' },
  { name: 'rules_version', type: 'integer' },
  { name: 'data', type: 'json' },
];

/** An exported event: a value for each column, as a line of JSON. */
export function exportLine({
  eventId,
  type,
  streamId,
  revision,
  position,
  recordedAt,
  metadata,
  data,
}: Recorded): string {
  const { actor, subject, decidedBy } = metadata;
  return JSON.stringify({
    event_id: eventId,
    type,
    stream_id: streamId,
    revision,
    position: Number(position),
    customer_id: metadata.customerId,
    occurred_at: metadata.occurredAt,
    recorded_at: recordedAt,
    actor_id: actor.id,
    actor_kind: actor.kind,
    actor_department: actor.department,
    actor_outlet_id: actor.outletId,
    reason: metadata.reason,
    correlation_id: metadata.correlationId,
    causation_id: metadata.causationId,
    command_id: metadata.commandId,
    subject_kind: subject.kind,
    subject_id: subject.id,
    schema_version: metadata.schemaVersion,
    source: metadata.source,
    policy: decidedBy?.policy,
    rules_version: decidedBy?.rulesVersion,
    data,
  });
}
