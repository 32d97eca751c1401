import type { RecordedEvent } from '#processing/projection.js';

export const DEADLINE_KINDS = [
  'complaintAcknowledgement',
  'complaintResolution',
  'retentionOffer',
  'inactivity',
  'pointsExpiry',
  'loyaltyReview',
] as const;
export type DeadlineKind = (typeof DEADLINE_KINDS)[number];

/** A time at which something has to be decided, whoever is there or not. */
export interface Deadline {
  kind: DeadlineKind;
  /** What of the owner it is about, where there can be several of a kind: the offer, the lot. */
  about?: string;
  dueAt: string;
  /** The event that set it, and the correlation that goes on. */
  causationId: string;
  correlationId: string;
}

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
