import type { Deadline, DeadlineKind } from '#domain/deadline.js';
import type { RecordedEvent } from '#processing/projection.js';

/** The deadlines of an owner after an event of its. */
export type DeadlineRule = (deadlines: readonly Deadline[], event: RecordedEvent) => readonly Deadline[];

/** With the deadline, in the place of one of the same kind about the same. */
export function withDeadline(
  deadlines: readonly Deadline[],
  event: RecordedEvent,
  set: Pick<Deadline, 'kind' | 'about' | 'dueAt'>,
): readonly Deadline[] {
  const { eventId, metadata } = event;
  return [
    ...withoutDeadline(deadlines, set.kind, set.about),
    { ...set, causationId: eventId, correlationId: metadata.correlationId },
  ];
}

/** Without the one of the kind about the same. */
export function withoutDeadline(
  deadlines: readonly Deadline[],
  kind: DeadlineKind,
  about?: string,
): readonly Deadline[] {
  const others = deadlines.filter((deadline) => deadline.kind !== kind || deadline.about !== about);
  return others.length === deadlines.length ? deadlines : others;
}
