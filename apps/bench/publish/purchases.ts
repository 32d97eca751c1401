import type { Recorded } from '#contracts/envelope.js';
import { derivedId, newId } from '#contracts/ids.js';
import { recorded } from '#testing/recorded.js';

const CUSTOMERS = 5_000;

/** Purchases of some customers in turn, as they come from the store: about 300 bytes of JSON each. */
export function purchases(from: number, count: number): Recorded[] {
  return Array.from({ length: count }, (_, n) => {
    const position = BigInt(from + n);
    const customerId = derivedId('customer', 'bench', String((from + n) % CUSTOMERS));
    const base = recorded({ position });
    const lines = [{ lineId: '1', kind: 'product', product: `article-${n % 997}`, quantity: 2, total: 2598 }];
    return {
      ...base,
      eventId: newId(),
      streamId: `purchase-${derivedId('purchase', String(position))}`,
      type: 'CustomerPurchased',
      data: {
        customerId,
        externalOrderId: { system: 'bench', id: `order-${position}` },
        currency: 'USD',
        lines,
        subtotal: 2598,
        discount: 0,
        shipping: 0,
        tax: 0,
        total: 2598,
      },
      metadata: { ...base.metadata, customerId, subject: { kind: 'customer', id: customerId } },
    } as Recorded;
  });
}
