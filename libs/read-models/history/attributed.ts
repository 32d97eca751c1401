import type { EventType } from '#contracts/events.js';
import type { RecordedEvent } from '#processing/projection.js';

/** What says, once and for all of a stream, whose it is. */
export const ATTRIBUTIONS: readonly EventType[] = ['ComplaintAttributed', 'InteractionAttributed'];

/**
 * The events as if it had been known from the first one of each stream whose it is: those that named nobody have the
 * customer, and the attribution, which only repeats what they had said by then, is left out.
 */
export function alwaysAttributed(events: RecordedEvent[]): RecordedEvent[] {
  const streams = new Set(events.filter(isOfNobody).map(({ streamId }) => streamId));
  if (streams.size === 0) return events;
  const isRepeating = ({ type, streamId }: RecordedEvent) => ATTRIBUTIONS.includes(type) && streams.has(streamId);
  const customers = new Map(
    events.filter(isRepeating).map(({ streamId, metadata }) => [streamId, metadata.customerId]),
  );
  return events
    .filter((event) => !isRepeating(event))
    .map((event) => {
      if (!isOfNobody(event)) return event;
      return { ...event, metadata: { ...event.metadata, customerId: customers.get(event.streamId) } };
    });
}

function isOfNobody({ metadata }: RecordedEvent): boolean {
  return metadata.customerId === undefined;
}
