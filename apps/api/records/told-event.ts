import type { Recorded } from '#contracts/envelope.js';
import type { HistoryEvent } from '#read-models/history/history-event.js';

/** An event of the store as the history tells it. */
export function toldEvent({
  eventId,
  type,
  streamId,
  revision,
  position,
  recordedAt,
  metadata,
  data,
}: Recorded): HistoryEvent {
  const { commandHash: _hash, subject: _subject, traceparent: _trace, customerId = null, ...told } = metadata;
  return {
    eventId,
    type,
    customerId,
    stream: streamId,
    revision,
    position: position.toString(),
    recordedAt,
    ...told,
    data,
  };
}
