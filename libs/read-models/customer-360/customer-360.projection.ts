import type { CustomerAcquired } from '#contracts/customer.events.js';
import { idInStream } from '#contracts/events.js';
import type { CustomerPurchased, UnlinkedReturnRecorded } from '#contracts/purchase.events.js';
import type { ChurnRiskAssessed } from '#contracts/retention.events.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { Customer360, type LastPurchase, type PurchaseTotals } from './customer-360.table.js';

/** How many of the latest purchases a row shows. */
export const LAST_PURCHASES = 5;

export const customer360: Projection<Customer360> = {
  name: 'customer_360',
  version: 1,
  table: Customer360,
  key: ({ metadata }) => metadata.customerId,
  evolve: (row, event) => {
    const before = row ?? newRow(event.metadata.customerId!);
    const after = change(before, event);
    return after === before ? row : { ...after, position: Number(event.position) };
  },
};

function newRow(customerId: string): Customer360 {
  return {
    customerId,
    partyKind: null,
    roles: [],
    name: null,
    externalIdentities: [],
    customerStage: 'prospect',
    channel: null,
    acquiredAt: null,
    retainedAt: null,
    purchases: 0,
    totals: {},
    firstPurchaseAt: null,
    lastPurchaseAt: null,
    lastPurchases: [],
    complaints: 0,
    openComplaints: [],
    churnRisk: null,
    position: 0,
  };
}

/** The row after the event; the same object when the event changes nothing that the view shows. */
function change(row: Customer360, event: RecordedEvent): Customer360 {
  const { occurredAt } = event.metadata;
  switch (event.type) {
    case 'CustomerAcquired':
      return acquired(row, event.data, occurredAt);
    case 'ExternalIdentityLinked':
      return { ...row, externalIdentities: [...row.externalIdentities, event.data.identity] };
    case 'ChurnRiskAssessed':
      return assessed(row, event.data, occurredAt);
    case 'CustomerRetained':
      return { ...row, retainedAt: occurredAt, customerStage: 'active', churnRisk: null };
    case 'CustomerPurchased':
      return purchased(row, idInStream(event.streamId), event.data, occurredAt);
    case 'UnlinkedReturnRecorded':
      return returned(row, event.data);
    case 'CustomerComplained': {
      const { issue, severity } = event.data;
      const complaint = { complaintId: idInStream(event.streamId), occurredAt, issue, severity };
      return { ...row, complaints: row.complaints + 1, openComplaints: [...row.openComplaints, complaint] };
    }
    case 'ComplaintResolved': {
      const resolved = idInStream(event.streamId);
      return { ...row, openComplaints: row.openComplaints.filter(({ complaintId }) => complaintId !== resolved) };
    }
    default:
      return row;
  }
}

function acquired(row: Customer360, data: CustomerAcquired, occurredAt: string): Customer360 {
  return {
    ...row,
    partyKind: data.partyKind,
    roles: data.roles,
    name: data.name ?? null,
    externalIdentities: data.externalIdentity ? [data.externalIdentity] : [],
    customerStage: 'active',
    channel: data.channel,
    acquiredAt: occurredAt,
  };
}

function assessed(row: Customer360, data: ChurnRiskAssessed, assessedAt: string): Customer360 {
  const customerStage = data.band === 'low' ? 'active' : 'atRisk';
  return { ...row, churnRisk: { ...data, assessedAt }, customerStage };
}

function purchased(row: Customer360, purchaseId: string, data: CustomerPurchased, occurredAt: string): Customer360 {
  const { currency, total, lines } = data;
  const before = row.totals[currency] ?? noTotals();
  const items = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const totals: PurchaseTotals = {
    ...before,
    purchases: before.purchases + 1,
    items: before.items + items,
    purchased: before.purchased + total,
    value: before.value + total,
  };
  return {
    ...row,
    purchases: row.purchases + 1,
    totals: { ...row.totals, [currency]: totals },
    // Facts arrive late and out of order: what happened first or last is told by when it happened.
    firstPurchaseAt: earlier(row.firstPurchaseAt, occurredAt),
    lastPurchaseAt: later(row.lastPurchaseAt, occurredAt),
    lastPurchases: latest([{ purchaseId, occurredAt, currency, total }, ...row.lastPurchases]),
  };
}

function returned(row: Customer360, { currency, refund }: UnlinkedReturnRecorded): Customer360 {
  const before = row.totals[currency] ?? noTotals();
  const totals = { ...before, refunded: before.refunded + refund, value: before.value - refund };
  return { ...row, totals: { ...row.totals, [currency]: totals } };
}

function noTotals(): PurchaseTotals {
  return { purchases: 0, items: 0, purchased: 0, refunded: 0, value: 0 };
}

/** The new one stands first: of two at the same instant the one recorded later is shown first, as the sort is stable. */
function latest(purchases: LastPurchase[]): LastPurchase[] {
  return purchases.sort((a, b) => compareInstants(b.occurredAt, a.occurredAt)).slice(0, LAST_PURCHASES);
}

function earlier(a: string | null, b: string): string {
  return a === null || compareInstants(b, a) < 0 ? b : a;
}

function later(a: string | null, b: string): string {
  return a === null || compareInstants(b, a) > 0 ? b : a;
}

/** By time, because `…00Z` and `…00.000Z` are one instant and differ as text. */
function compareInstants(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b);
}
