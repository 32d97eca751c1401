import { idInStream } from '#contracts/events.js';
import type { ChurnRiskAssessed } from '#contracts/retention.events.js';
import { compareInstants } from '#domain/calendar.js';
import { RULES_MODEL } from '#domain/retention/assess-risk.js';
import { isHistory } from '#domain/retention/history.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { withoutPurchase, withPurchase } from './kept-purchases.js';
import { PurchaseRhythm } from './purchase-rhythm.table.js';

/** What the review of silent customers reads. Purchases that were history when they were recorded make no row. */
export const purchaseRhythm: Projection<PurchaseRhythm> = {
  name: 'purchase_rhythm',
  version: 2,
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
    case 'PurchaseCancelled':
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
    case 'PurchaseCancelled':
      return cancelled(row, event);
    case 'ChurnRiskAssessed':
      return { ...row, inactiveSince: inactiveSince(event.data) };
    case 'CustomerChurned':
      return { ...row, churned: true, inactiveSince: null };
    case 'CustomerWonBack': {
      const at = inMilliseconds(event.metadata.occurredAt);
      const wonBackAt = row.wonBackAt === null ? at : later(row.wonBackAt, at);
      return { ...row, churned: false, wonBackAt, silentSince: later(row.silentSince, at) };
    }
    case 'CustomerErased':
      return undefined;
    default:
      return row;
  }
}

function bought(row: PurchaseRhythm | undefined, { eventId, streamId, metadata }: RecordedEvent): PurchaseRhythm {
  const purchase = {
    purchaseId: idInStream(streamId),
    eventId,
    correlationId: metadata.correlationId,
    at: inMilliseconds(metadata.occurredAt),
  };
  const { customerId, inactiveSince, wonBackAt, cancelled, churned, position } = row ?? newRow(metadata.customerId!);
  const kept = withPurchase(row?.kept ?? null, purchase);
  return { customerId, inactiveSince, wonBackAt, cancelled, churned, position, ...rhythmOf(kept, wonBackAt) };
}

/** Who has cancelled all that they bought has bought nothing. */
function cancelled(row: PurchaseRhythm, { streamId }: RecordedEvent): PurchaseRhythm | undefined {
  const kept = withoutPurchase(row.kept, idInStream(streamId));
  if (kept === row.kept) return row;
  return kept === null ? undefined : { ...row, cancelled: row.cancelled + 1, ...rhythmOf(kept, row.wonBackAt) };
}

function newRow(customerId: string) {
  return { customerId, inactiveSince: null, wonBackAt: null, cancelled: 0, churned: false, position: 0 };
}

/** What follows from the purchases that were kept. Facts arrive late: which was the last is told by when it happened. */
function rhythmOf(kept: PurchaseRhythm['kept'], wonBackAt: string | null) {
  const last = kept.latest[0]!;
  return {
    kept,
    purchases: kept.count,
    firstPurchaseAt: kept.earliest[0]!.at,
    lastPurchaseAt: last.at,
    lastPurchaseId: last.purchaseId,
    lastPurchaseEventId: last.eventId,
    lastPurchaseCorrelationId: last.correlationId,
    silentSince: wonBackAt === null ? last.at : later(last.at, wonBackAt),
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
