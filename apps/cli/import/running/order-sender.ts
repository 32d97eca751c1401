import { DifferentContent, IdempotencyKeyReused } from '#commands/errors.js';
import { newId } from '#contracts/ids.js';
import { InvalidFields } from '#contracts/validation.js';
import { RuleViolation } from '#domain/decider.js';
import type { ImportTarget, Recorded, RowMeta } from '../import-target.js';
import type { MappedOrder } from '../purchases/order-facts.js';
import type { Row } from '../reading/row.js';
import { IdSet } from './id-set.js';
import type { Reject } from './rejects.js';
import { type RetryClock, retried } from './retry.js';

/** How one command ended, for the rows that it was made of. */
export interface Sent {
  rows: readonly Row[];
  kind: 'purchase' | 'return' | 'complaint' | 'customer';
  outcome: 'appended' | 'unchanged' | 'rejected';
  /** Of a purchase or a return. */
  money?: { amount: number; currency: string };
  position?: bigint;
  rejects: Reject[];
}

/** Sends orders to the target: the customer first, once in a run, then what it bought and what it gave back. */
export class OrderSender {
  /** The customers that are known to exist. */
  private readonly acquired = new IdSet();
  /** Customers whose identity was claimed by another, which are few. */
  private readonly knownAs = new Map<string, string>();

  constructor(
    private readonly target: ImportTarget,
    private readonly clock: RetryClock,
    private readonly origin: { source: string; file: string },
  ) {}

  get customers(): number {
    return this.acquired.size;
  }

  /** @throws ServerAway, or an error that is none of the rows'. */
  async send(order: MappedOrder): Promise<Sent[]> {
    const { purchase, unlinkedReturn } = order;
    const sent: Sent[] = [];
    let acquisition: Recorded | { reason: string };
    const first = (purchase ?? unlinkedReturn)!;
    try {
      acquisition = await this.acquire(order, first.rows[0]!);
    } catch (error) {
      acquisition = { reason: reasonOf(error) };
    }
    if (purchase) {
      const { currency, total: amount } = purchase.data;
      sent.push(
        await this.attempt('purchase', purchase.rows, { amount, currency }, acquisition, () => {
          const data = { ...purchase.data, customerId: this.idOf(order) };
          const meta = this.meta(order.occurredAt, purchase.rows[0]!);
          return retried(() => this.target.recordPurchase(purchase.id, data, meta), this.clock);
        }),
      );
    }
    if (unlinkedReturn) {
      const { currency, refund: amount } = unlinkedReturn.data;
      sent.push(
        await this.attempt('return', unlinkedReturn.rows, { amount, currency }, acquisition, () => {
          const data = { ...unlinkedReturn.data, customerId: this.idOf(order) };
          const meta = this.meta(order.occurredAt, unlinkedReturn.rows[0]!);
          return retried(() => this.target.recordUnlinkedReturn(unlinkedReturn.id, data, meta), this.clock);
        }),
      );
    }
    return sent;
  }

  /**
   * A customer is acquired by its first good row. The file is always read from its start, so an import that was
   * killed half-way and is repeated finds the same first row and sends the same acquisition, which changes nothing.
   */
  private async acquire({ customerId, acquired, occurredAt }: MappedOrder, row: Row): Promise<Recorded> {
    if (this.acquired.has(customerId)) return { appended: 0 };
    let recorded: Recorded = { appended: 0 };
    try {
      const meta = this.meta(occurredAt, row);
      recorded = await retried(() => this.target.acquire(customerId, acquired, meta), this.clock);
    } catch (error) {
      // The customer exists with another content: it came by HTTP, by another file of the same source, or by this
      // one before its first row was corrected. A customer is acquired once, so there is nothing to repeat and
      // nothing to refuse: what it bought is as true as before. (A purchase with another content is another matter:
      // there the content is the fact itself.)
      if (!meansAcquired(error)) throw error;
    }
    if (recorded.customerId !== undefined && recorded.customerId !== customerId) {
      this.knownAs.set(customerId, recorded.customerId);
    }
    this.acquired.add(customerId);
    return recorded;
  }

  private async attempt(
    kind: Sent['kind'],
    rows: readonly Row[],
    money: { amount: number; currency: string },
    acquisition: Recorded | { reason: string },
    record: () => Promise<Recorded>,
  ): Promise<Sent> {
    const rejected = (reason: string): Sent => ({
      rows,
      kind,
      outcome: 'rejected',
      money,
      position: 'reason' in acquisition ? undefined : acquisition.position,
      rejects: rows.map((row) => ({ row, reason })),
    });
    if ('reason' in acquisition) return rejected(acquisition.reason);
    try {
      const { appended, position } = await record();
      const outcome = appended + acquisition.appended > 0 ? 'appended' : 'unchanged';
      return { rows, kind, outcome, money, position: later(position, acquisition.position), rejects: [] };
    } catch (error) {
      return rejected(reasonOf(error));
    }
  }

  private idOf({ customerId }: MappedOrder): string {
    return this.knownAs.get(customerId) ?? customerId;
  }

  private meta(occurredAt: string, { line }: Row): RowMeta {
    return { ...this.origin, occurredAt, line, commandId: newId() };
  }
}

/** The later of two positions. */
export function later(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

/** Whether an acquisition was refused because the customer is there already. */
export function meansAcquired(error: unknown): boolean {
  if (error instanceof DifferentContent || error instanceof IdempotencyKeyReused) return true;
  return error instanceof RuleViolation && error.rule === 'customer-acquired-once';
}

/** Why the row is rejected. @throws the error itself when it is none of the row's. */
export function reasonOf(error: unknown): string {
  if (error instanceof IdempotencyKeyReused || error instanceof DifferentContent) {
    return 'a record with this identity exists already, with another content: it is corrected by a command, not by another import';
  }
  if (error instanceof RuleViolation) return error.field ? `${error.field}: ${error.message}` : error.message;
  if (error instanceof InvalidFields) return error.message;
  throw error;
}
