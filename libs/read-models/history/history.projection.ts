import type { Projection, RecordedEvent } from '#processing/projection.js';
import { HistoryEntry } from './history.table.js';

/** Every event, for those who ask what happened, who did it, why, and what was known at a time. */
export const history: Projection<HistoryEntry> = {
  name: 'history',
  version: 1,
  table: HistoryEntry,
  segmentedBy: 'customer',
  needs: 'all',
  appendOnly: true,
  key: ({ eventId }) => eventId,
  evolve: (_, event) => entryOf(event),
};

function entryOf(event: RecordedEvent): HistoryEntry {
  const { eventId, position, streamId, revision, type, recordedAt, data, sealed } = event;
  const { occurredAt, customerId, commandHash: _h, subject: _s, traceparent: _t, ...metadata } = event.metadata;
  return {
    eventId,
    position: Number(position),
    customerId: customerId ?? null,
    streamId,
    revision,
    type,
    phase: 'phase' in data ? (data.phase ?? null) : null,
    occurredAt,
    recordedAt,
    causedBy: metadata.causationId === metadata.commandId ? null : metadata.causationId,
    metadata,
    data: sealed ?? data,
  };
}
