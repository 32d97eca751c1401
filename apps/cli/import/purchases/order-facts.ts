import type { CustomerAcquired } from '#contracts/customer.events.js';
import type { CustomerPurchased, PurchaseLine, UnlinkedReturnRecorded } from '#contracts/purchase.events.js';
import type { Problem } from '../conversion/problems.js';
import type { Row } from '../reading/row.js';

/** What one row says, converted. */
export interface RowFacts {
  row: Row;
  /** The order's number in the source; undefined where the source has none. */
  orderId?: string;
  externalCustomerId: string;
  occurredAt: string;
  currency: string;
  acquired: Omit<CustomerAcquired, 'externalIdentity'>;
  /** What the row says of the whole purchase, but its amounts. */
  purchase: Pick<
    CustomerPurchased,
    'channel' | 'channelDetail' | 'outletId' | 'sellerId' | 'intermediaryId' | 'attribution'
  >;
  amounts: { discount: number; shipping: number; tax: number };
  line: Omit<PurchaseLine, 'lineId'> & { lineId?: string };
  /** Whether the line came back: its quantity and total are then those of the return. */
  returned: boolean;
}

/** Rows that become commands. */
export interface MappedOrder {
  kind: 'order';
  customerId: string;
  acquired: CustomerAcquired;
  occurredAt: string;
  purchase?: { id: string; data: CustomerPurchased; rows: Row[] };
  unlinkedReturn?: { id: string; data: UnlinkedReturnRecorded; rows: Row[] };
}

/** Rows that cannot become commands, each with its reasons. */
export interface RejectedRows {
  kind: 'rejected';
  rows: { row: Row; problems: Problem[] }[];
}

export type Mapped = MappedOrder | RejectedRows;
