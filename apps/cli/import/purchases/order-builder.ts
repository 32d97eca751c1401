import { CustomerAcquired } from '#contracts/customer.events.js';
import { externalId } from '#contracts/ids.js';
import { CustomerPurchased, type PurchaseLine, UnlinkedReturnRecorded } from '#contracts/purchase.events.js';
import { InvalidFields } from '#contracts/validation.js';
import { checked } from '../conversion/checked.js';
import type { Problem } from '../conversion/problems.js';
import type { MappedOrder, RowFacts } from './order-facts.js';

/**
 * Makes the commands' data of the rows of one order.
 * @throws InvalidFields when the data breaks the rules that the events declare.
 */
export class OrderBuilder {
  /** Neighbouring rows are often of one customer. */
  private last: { externalId: string; id: string; text: string; acquired: CustomerAcquired } | undefined;

  constructor(private readonly source: string) {}

  /** `rows` has one row at least, and all are of one customer, in one currency. */
  build(rows: readonly RowFacts[]): MappedOrder {
    const first = rows[0]!;
    const { id: customerId, acquired } = this.customer(first);
    const order: MappedOrder = { kind: 'order', customerId, acquired, occurredAt: first.occurredAt };
    const bought = rows.filter(({ returned }) => !returned);
    const returned = rows.filter(({ returned }) => returned);
    if (bought.length > 0) {
      const data = checked(CustomerPurchased, this.purchase(bought, customerId));
      order.purchase = { id: this.purchaseId(first), data, rows: bought.map(({ row }) => row) };
    }
    if (returned.length > 0) {
      const data = checked(UnlinkedReturnRecorded, this.unlinkedReturn(returned, customerId));
      order.unlinkedReturn = { id: this.returnId(first), data, rows: returned.map(({ row }) => row) };
    }
    return order;
  }

  private purchase(rows: readonly RowFacts[], customerId: string): CustomerPurchased {
    const { orderId, currency, purchase, amounts } = rows[0]!;
    const lines: PurchaseLine[] = rows.map(({ line }, index) => ({
      ...line,
      lineId: line.lineId ?? String(index + 1),
    }));
    const subtotal = lines.reduce((sum, { total }) => sum + total, 0);
    const total = subtotal - amounts.discount + amounts.shipping + amounts.tax;
    const data: CustomerPurchased = { customerId, currency, ...purchase, lines, subtotal, ...amounts, total };
    // A line number is no order number: the source does not know the purchase by it.
    if (orderId !== undefined) data.externalOrderId = { system: this.source, id: orderId };
    return data;
  }

  private unlinkedReturn(rows: readonly RowFacts[], customerId: string): UnlinkedReturnRecorded {
    const { orderId, currency } = rows[0]!;
    const lines = rows.map(({ line: { productId, name, quantity, total } }) => ({
      ...(productId !== undefined && { productId }),
      ...(name !== undefined && { name }),
      quantity,
      refund: total,
    }));
    const refund = lines.reduce((sum, line) => sum + line.refund, 0);
    const data: UnlinkedReturnRecorded = { customerId, currency, lines, refund };
    if (orderId !== undefined) data.externalReturnId = { system: this.source, id: `${orderId}/return` };
    return data;
  }

  private customer(facts: RowFacts): { id: string; acquired: CustomerAcquired } {
    const text = JSON.stringify(facts.acquired);
    const identity = { system: this.source, id: facts.externalCustomerId };
    if (this.last?.externalId !== identity.id || this.last.text !== text) {
      // Nothing of the file or its lines is in it: a customer is acquired with the same whenever it is imported.
      const acquired = checked(CustomerAcquired, { ...facts.acquired, externalIdentity: identity });
      this.last = { externalId: identity.id, id: externalId('customer', identity), text, acquired };
    }
    return this.last;
  }

  private purchaseId({ orderId, row }: RowFacts): string {
    return externalId('purchase', { system: this.source, id: orderId ?? String(row.line) });
  }

  /** Never the purchase's own id: an order can hold lines that were bought and lines that came back. */
  private returnId({ orderId, row }: RowFacts): string {
    return externalId('purchase', { system: this.source, id: `${orderId ?? row.line}/return` });
  }
}

/** What makes rows of one order contradict each other, by the row. */
export function contradictions(rows: readonly RowFacts[]): Map<RowFacts, Problem[]> {
  const found = new Map<RowFacts, Problem[]>();
  const first = rows[0]!;
  const add = (facts: RowFacts, field: string, message: string) => {
    found.set(facts, [...(found.get(facts) ?? []), { field, message }]);
  };
  const where = `the order's first row, line ${first.row.line}`;
  for (const facts of rows) {
    if (facts.externalCustomerId !== first.externalCustomerId) {
      add(facts, 'customer.externalId', `is another customer than in ${where}`);
    }
    if (facts.currency !== first.currency) add(facts, 'purchase.currency', `is another currency than in ${where}`);
    for (const name of ['discount', 'shipping', 'tax'] as const) {
      if (facts.amounts[name] !== first.amounts[name]) add(facts, `purchase.${name}`, `is not the same as in ${where}`);
    }
  }
  const { discount, shipping, tax } = first.amounts;
  if (rows.every(({ returned }) => returned) && discount + shipping + tax > 0) {
    add(first, 'purchase', 'a return has no discount, shipping or tax of its own');
  }
  return found;
}

/** The problems in what a declaration refused. */
export function problemsOf(error: unknown): Problem[] {
  if (!(error instanceof InvalidFields)) throw error;
  return error.fields.map(({ field, message }) => ({ field, message }));
}
