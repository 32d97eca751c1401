import type { Sent } from './order-sender.js';
import type { Reject } from './rejects.js';

/** What an import came to. `rows`, `appended`, `unchanged` and `rejected` count rows of the file. */
export interface ImportSummary {
  rows: number;
  /** Different customers among the rows that were not rejected for what they say. */
  customers: number;
  /** Purchases that were recorded now or before. */
  purchases: number;
  /** What those purchases come to, by currency, in minor units. */
  amount: Record<string, number>;
  /** Complaints that were recorded now or before; only of a file of complaints. */
  complaints?: number;
  /** Returns that were recorded now or before; only where the mapping takes returns. */
  returns?: number;
  /** What was refunded, by currency, in minor units; only where the mapping takes returns. */
  refunded?: Record<string, number>;
  appended: number;
  unchanged: number;
  rejected: number;
  seconds: number;
  /** Nothing was appended: `appended` counts rows that would be. */
  dryRun?: true;
}

const REMEMBERED_REJECTS = 10;

/** Counts while an import runs. */
export class Tally {
  rows = 0;
  appended = 0;
  unchanged = 0;
  rejected = 0;
  private complaints = 0;
  /** The last position that anything was appended at, or found at. */
  position: bigint | undefined;
  readonly firstRejects: Reject[] = [];
  private readonly money = { purchase: new Money(), return: new Money() };

  get done(): number {
    return this.appended + this.unchanged + this.rejected;
  }

  count({ rows, kind, outcome, money, position }: Sent): void {
    this[outcome] += rows.length;
    const isTaken = outcome !== 'rejected';
    if (isTaken && kind === 'complaint') this.complaints += 1;
    if (isTaken && (kind === 'purchase' || kind === 'return') && money)
      this.money[kind].add(money.amount, money.currency);
    if (position !== undefined && (this.position === undefined || position > this.position)) this.position = position;
  }

  /** In the order of the file. */
  remember(rejects: readonly Reject[]): void {
    this.firstRejects.push(...rejects.slice(0, REMEMBERED_REJECTS - this.firstRejects.length));
  }

  summary(
    customers: number,
    seconds: number,
    { returns = false, complaints = false, dryRun = false } = {},
  ): ImportSummary {
    return {
      rows: this.rows,
      customers,
      purchases: this.money.purchase.count,
      amount: this.money.purchase.sums(),
      ...(complaints && { complaints: this.complaints }),
      ...(returns && { returns: this.money.return.count, refunded: this.money.return.sums() }),
      appended: this.appended,
      unchanged: this.unchanged,
      rejected: this.rejected,
      seconds,
      ...(dryRun && { dryRun }),
    };
  }
}

/** Sums by currency; as bigint, because many exact amounts can add up to more than a number holds. */
class Money {
  count = 0;
  private readonly byCurrency = new Map<string, bigint>();

  add(amount: number, currency: string): void {
    this.count++;
    this.byCurrency.set(currency, (this.byCurrency.get(currency) ?? 0n) + BigInt(amount));
  }

  sums(): Record<string, number> {
    return Object.fromEntries([...this.byCurrency].map(([currency, sum]) => [currency, Number(sum)]));
  }
}
