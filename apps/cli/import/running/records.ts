import { unreachable } from '#domain/decider.js';
import { ComplaintMapper } from '../complaints/complaint-mapper.js';
import { ComplaintSender } from '../complaints/complaint-sender.js';
import { CustomerMapper } from '../customers/customer-mapper.js';
import { CustomerSender } from '../customers/customer-sender.js';
import type { ImportTarget } from '../import-target.js';
import type { Mapping } from '../mapping/mapping-file.js';
import type { RejectedRows } from '../purchases/order-facts.js';
import { PurchaseMapper } from '../purchases/purchase-mapper.js';
import type { Row } from '../reading/row.js';
import { OrderSender, type Sent } from './order-sender.js';
import type { RetryClock } from './retry.js';

/** Rows that are ready to be sent, after whatever else concerns the same customer; or rows that are rejected. */
export type Piece = { kind: 'ready'; customerId: string; send(): Promise<Sent[]> } | RejectedRows;

/** What the rows of a file become. */
export interface Records {
  /** What is complete with this row. */
  push(row: Row): Piece[];
  /** What is complete when no row follows. */
  end(): Piece[];
  /** How many different customers were sent. */
  customers(): number;
}

interface Destination {
  target: ImportTarget;
  clock: RetryClock;
  /** The file's name, without its folder. */
  file: string;
}

/** @throws InvalidFields when the mapping does not fit the file's columns. */
export function recordsOf(mapping: Mapping, columns: readonly string[], destination: Destination): Records {
  const { target, clock, file } = destination;
  const origin = { source: mapping.source, file };
  switch (mapping.kind) {
    case 'purchases': {
      const mapper = new PurchaseMapper(mapping, columns);
      const sender = new OrderSender(target, clock, origin);
      const toPiece = pieces(sender);
      return {
        push: (row) => mapper.push(row).map(toPiece),
        end: () => mapper.end().map(toPiece),
        customers: () => sender.customers,
      };
    }
    case 'complaints': {
      const mapper = new ComplaintMapper(mapping, columns);
      const sender = new ComplaintSender(target, clock, origin);
      const toPiece = pieces(sender);
      return { push: (row) => [toPiece(mapper.map(row))], end: () => [], customers: () => sender.customers };
    }
    case 'customers': {
      const mapper = new CustomerMapper(mapping, columns);
      const sender = new CustomerSender(target, clock, origin);
      const toPiece = pieces(sender);
      return { push: (row) => mapper.push(row).map(toPiece), end: () => [], customers: () => sender.customers };
    }
    default:
      return unreachable(mapping);
  }
}

function pieces<Mapped extends { kind: string; customerId: string }>(sender: {
  send(mapped: Mapped): Promise<Sent[]>;
}) {
  return (mapped: Mapped | RejectedRows): Piece =>
    isRejected(mapped) ? mapped : { kind: 'ready', customerId: mapped.customerId, send: () => sender.send(mapped) };
}

function isRejected(mapped: { kind: string } | RejectedRows): mapped is RejectedRows {
  return mapped.kind === 'rejected';
}
