import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DifferentContent } from '#commands/errors.js';
import type { CustomerAcquired } from '#contracts/customer.events.js';
import type { ProfileUpdated } from '#contracts/profile.events.js';
import type { CustomerPurchased, UnlinkedReturnRecorded } from '#contracts/purchase.events.js';
import type { ComplaintCase, ImportTarget, Recorded, RowMeta } from './import-target.js';
import { type Mapping, parseMapping } from './mapping/mapping-file.js';
import { openRows } from './reading/row-source.js';
import { noProgress } from './running/progress.js';
import type { Reject, Rejects } from './running/rejects.js';
import type { RetryClock } from './running/retry.js';
import { type ImportResult, runImport } from './running/run-import.js';

/** A call that a target received. */
export interface Call {
  type: 'acquire' | 'profile' | 'purchase' | 'return' | 'complaint';
  id: string;
  data: CustomerAcquired | ProfileUpdated | CustomerPurchased | UnlinkedReturnRecorded | ComplaintCase;
  meta: RowMeta;
}

const KEPT_IN = {
  acquire: 'customer',
  profile: 'profile',
  purchase: 'purchase',
  return: 'purchase',
  complaint: 'complaint',
};

/** A store in memory: the same content once more changes nothing, another content is refused. */
export class FakeTarget implements ImportTarget {
  readonly calls: Call[] = [];
  readonly records = new Map<string, string>();
  inFlight = 0;
  mostInFlight = 0;
  /** Called before a call is recorded; may throw or wait. */
  before: (call: Call) => void | Promise<void> = () => {};

  acquire(id: string, data: CustomerAcquired, meta: RowMeta): Promise<Recorded> {
    return this.record({ type: 'acquire', id, data, meta });
  }

  updateProfile(id: string, _acquired: CustomerAcquired, data: ProfileUpdated, meta: RowMeta): Promise<Recorded> {
    return this.record({ type: 'profile', id, data, meta });
  }

  recordPurchase(id: string, data: CustomerPurchased, meta: RowMeta): Promise<Recorded> {
    return this.record({ type: 'purchase', id, data, meta });
  }

  recordUnlinkedReturn(id: string, data: UnlinkedReturnRecorded, meta: RowMeta): Promise<Recorded> {
    return this.record({ type: 'return', id, data, meta });
  }

  recordComplaint(id: string, data: ComplaintCase, meta: RowMeta): Promise<Recorded> {
    return this.record({ type: 'complaint', id, data, meta });
  }

  ofType(type: Call['type']): Call[] {
    return this.calls.filter((call) => call.type === type);
  }

  purchases(): CustomerPurchased[] {
    return this.ofType('purchase').map(({ data }) => data as CustomerPurchased);
  }

  private async record(call: Call): Promise<Recorded> {
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    try {
      await this.before(call);
      await Promise.resolve();
      const key = `${KEPT_IN[call.type]}-${call.id}`;
      const content = JSON.stringify([call.data, call.meta.occurredAt]);
      const held = this.records.get(key);
      if (held !== undefined && held !== content) throw new DifferentContent(key);
      this.calls.push(call);
      this.records.set(key, content);
      return { appended: held === undefined ? 1 : 0, position: BigInt(this.records.size) };
    } finally {
      this.inFlight--;
    }
  }
}

/** Rejected rows in memory, as text. */
export class FakeRejects implements Rejects {
  readonly rows: { line: number; text: string; reason: string }[] = [];

  async add(rejects: readonly Reject[]): Promise<void> {
    for (const { row, reason } of rejects) this.rows.push({ line: row.line, text: row.raw.toString(), reason });
  }

  async close(): Promise<void> {}
}

/** A clock that passes only while somebody sleeps. */
export class FakeClock implements RetryClock {
  now = 0;
  milliseconds = (): number => this.now;

  async sleep(milliseconds: number): Promise<void> {
    this.now += milliseconds;
  }
}

/** Writes a file into a folder of its own and answers its path. */
export function tempFile(content: string | Buffer, name = 'orders.csv'): string {
  const file = join(mkdtempSync(join(tmpdir(), 'rapport-import-')), name);
  writeFileSync(file, content);
  return file;
}

/** A mapping of orders with several lines and returns; `changes` replace its parts. */
export function ordersMapping(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    kind: 'purchases',
    source: 'shop',
    reader: { format: 'delimited', header: true },
    customer: {
      externalId: { column: 'customer' },
      partyKind: { constant: 'person' },
      roles: { constant: 'endConsumer' },
      channel: { constant: 'web' },
    },
    purchase: {
      externalId: { column: 'order' },
      grouped: true,
      date: { column: 'date' },
      currency: { constant: 'USD' },
      line: { productId: { column: 'sku' }, quantity: { column: 'qty' }, total: { column: 'total' } },
    },
    returns: { negativeQuantity: 'return' },
    ...changes,
  };
}

export const ORDERS_HEADER = 'order,customer,date,sku,qty,total';

export interface Imported extends ImportResult {
  target: FakeTarget;
  rejects: FakeRejects;
  clock: FakeClock;
}

/** Imports a file's content by a mapping into a fake target. */
export async function importText(
  content: string | Buffer,
  mapping: Record<string, unknown> = ordersMapping(),
  { target = new FakeTarget(), wait }: { target?: FakeTarget; wait?: (position: bigint) => Promise<void> } = {},
): Promise<Imported> {
  const parsed: Mapping = parseMapping(structuredClone(mapping));
  const input = await openRows(tempFile(content), parsed.reader);
  const rejects = new FakeRejects();
  const clock = new FakeClock();
  const result = await runImport(
    { mapping: parsed, input, file: 'orders.csv' },
    { target, rejects, clock, progress: noProgress, wait },
  );
  return { ...result, target, rejects, clock };
}
