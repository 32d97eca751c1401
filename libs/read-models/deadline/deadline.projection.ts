import type { Deadline } from '#domain/deadline.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { type DeadlineRule, withDeadline, withoutDeadline } from './deadline.js';
import { DeadlinesOfOwner } from './deadline.table.js';

/** Durable timers: what is due survives restarts because it is derived, and fires once because the domain says so. */
export const deadline: Projection<DeadlinesOfOwner> = {
  name: 'deadline',
  version: 1,
  table: DeadlinesOfOwner,
  key: (event) => (ruleOf(event) === undefined ? undefined : event.streamId),
  evolve: (row, event) => {
    const before = row?.deadlines ?? [];
    const deadlines = ruleOf(event)?.(before, event) ?? before;
    if (deadlines === before) return row;
    if (deadlines.length === 0) return undefined;
    const { streamId: owner, metadata } = event;
    return {
      owner,
      customerId: metadata.customerId ?? null,
      deadlines: [...deadlines],
      nextDueAt: earliest(deadlines),
      position: Number(event.position),
    };
  },
};

/** The rule of the events that set or end deadlines; undefined for any other event. */
function ruleOf({ type }: RecordedEvent): DeadlineRule | undefined {
  switch (type) {
    case 'RetentionOfferMade':
    case 'RetentionOfferAccepted':
    case 'RetentionOfferDeclined':
      return offers;
    default:
      return undefined;
  }
}

const offers: DeadlineRule = (deadlines, event) => {
  switch (event.type) {
    case 'RetentionOfferMade': {
      const { offerId: about, expiresAt: dueAt } = event.data;
      return withDeadline(deadlines, event, { kind: 'retentionOffer', about, dueAt });
    }
    case 'RetentionOfferAccepted':
    case 'RetentionOfferDeclined':
      return withoutDeadline(deadlines, 'retentionOffer', event.data.offerId);
    default:
      return deadlines;
  }
};

function earliest(deadlines: readonly Deadline[]): string {
  return deadlines.reduce(
    (first, { dueAt }) => (Date.parse(dueAt) < Date.parse(first) ? dueAt : first),
    deadlines[0]!.dueAt,
  );
}
