import { idInStream } from '#contracts/events.js';
import type { ChurnRiskAssessed } from '#contracts/retention.events.js';
import { compareInstants } from '#domain/calendar.js';
import { RULES_MODEL } from '#domain/retention/assess-risk.js';
import { isHistory } from '#domain/retention/history.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { PurchaseRhythm } from './purchase-rhythm.table.js';

/** What the review of silent customers reads. Purchases that were history when they were recorded make no row. */
export const purchaseRhythm: Projection<PurchaseRhythm> = {
  name: 'purchase_rhythm',
  version: 1,
  table: PurchaseRhythm,
  segmentedBy: 'customer',
  key: (event) => (concerns(event) ? event.metadata.customerId : undefined),
  evolve: (row, event) => {
    const after = change(row, event);
    return after === row ? row : after && { ...after, position: Number(event.position) };
  },
};

function concerns(event: RecordedEvent): boolean {
  switch (event.type) {
    case 'CustomerPurchased':
      return !isHistory(event);
    case 'ChurnRiskAssessed':
      return event.data.model.name === RULES_MODEL;
    case 'CustomerChurned':
    case 'CustomerWonBack':
    case 'CustomerErased':
      return true;
    default:
      return false;
  }
}

function change(row: PurchaseRhythm | undefined, event: RecordedEvent): PurchaseRhythm | undefined {
  if (event.type === 'CustomerPurchased') return bought(row, event);
  if (row === undefined) return undefined;
  switch (event.type) {
    case 'ChurnRiskAssessed':
      return { ...row, inactiveSince: inactiveSince(event.data) };
    case 'CustomerChurned':
      return { ...row, churned: true, inactiveSince: null };
    case 'CustomerWonBack':
      return { ...row, churned: false, silentSince: later(row.silentSince, inMilliseconds(event.metadata.occurredAt)) };
    case 'CustomerErased':
      return undefined;
    default:
      return row;
  }
}

function bought(row: PurchaseRhythm | undefined, { eventId, streamId, metadata }: RecordedEvent): PurchaseRhythm {
  const occurredAt = inMilliseconds(metadata.occurredAt);
  const purchaseId = idInStream(streamId);
  if (row === undefined) {
    return {
      customerId: metadata.customerId!,
      purchases: 1,
      firstPurchaseAt: occurredAt,
      lastPurchaseAt: occurredAt,
      lastPurchaseId: purchaseId,
      lastPurchaseEventId: eventId,
      silentSince: occurredAt,
      inactiveSince: null,
      churned: false,
      position: 0,
    };
  }
  // Facts arrive late: which was the last is told by when it happened.
  const isLast = compareInstants(occurredAt, row.lastPurchaseAt) >= 0;
  return {
    ...row,
    purchases: row.purchases + 1,
    firstPurchaseAt: compareInstants(occurredAt, row.firstPurchaseAt) < 0 ? occurredAt : row.firstPurchaseAt,
    ...(isLast ? { lastPurchaseAt: occurredAt, lastPurchaseId: purchaseId, lastPurchaseEventId: eventId } : {}),
    silentSince: later(row.silentSince, occurredAt),
  };
}

function inactiveSince({ factors }: ChurnRiskAssessed): string | null {
  const [purchase] = factors.find(({ name }) => name === 'inactivity')?.facts ?? [];
  return purchase ? inMilliseconds(purchase.occurredAt) : null;
}

function later(a: string, b: string): string {
  return compareInstants(a, b) < 0 ? b : a;
}

/** As the table gives them back: two instants of one purchase are compared, and must not differ by what is lost. */
function inMilliseconds(instant: string): string {
  return new Date(instant).toISOString();
}
