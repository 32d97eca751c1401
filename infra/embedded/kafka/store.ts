import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Database, open, type RootDatabase } from 'lmdb';
import { CorruptRecord, seal, unseal } from '../checked-record.js';

/** The key of a stored batch: topic id, partition, the batch's last offset. */
export type BatchKey = [topicId: number, partition: number, lastOffset: number];

interface Operation {
  database: Database<Buffer>;
  key: BatchKey | string;
  /** Called when the group is written, so that only the last of several changes is serialised. Null removes. */
  payload: (() => Buffer) | null;
}

interface Census {
  records: number;
  keys: number;
}

const CENSUS = 'census';

/**
 * The broker's LMDB environment: record batches, and small state records as JSON.
 *
 * Changes are made in memory first and queued here; all that are queued when a group is cut go into one LMDB
 * transaction, and the next group is cut when this one is on disk. What one synchronous stretch of code queues is
 * therefore atomic, and the order of groups is the order of the changes.
 *
 * State records are read once, at opening. A census (how many there are, and a sum of their keys) makes a missing one
 * an error; that every batch is there is checked by the chain of offsets in the partition log.
 */
export class Store {
  private readonly root: RootDatabase<Buffer>;
  private readonly batchDb: Database<Buffer, BatchKey>;
  private readonly stateDb: Database<Buffer, string>;
  private pending = new Map<string, Operation>();
  private pendingSnapshots = new Map<object, () => () => void>();
  private next: Promise<void> | null = null;
  private running: Promise<void> = Promise.resolve();
  private readonly known = new Set<string>();
  private census: Census = { records: 0, keys: 0 };
  private failure: Error | null = null;
  /** Called once when a write fails: memory is then ahead of the disk for good, the process has to end. */
  onFailure: (error: Error) => void = () => {};

  constructor(directory: string, options: { readOnly?: boolean } = {}) {
    this.root = open<Buffer>({
      path: directory,
      noSubdir: false,
      encoding: 'binary',
      readOnly: options.readOnly ?? false,
    });
    this.batchDb = this.root.openDB<Buffer, BatchKey>({ name: 'batches', encoding: 'binary' });
    this.stateDb = this.root.openDB<Buffer, string>({ name: 'state', encoding: 'binary' });
  }

  /** Reads and checks all state records. To be called once, before anything else. */
  load(): Map<string, unknown> {
    const records = new Map<string, unknown>();
    let census: Census | undefined;
    for (const { key, value } of this.stateDb.getRange()) {
      const payload: unknown = JSON.parse(unseal(String(key), value).toString());
      if (key === CENSUS) census = payload as Census;
      else {
        records.set(key, payload);
        this.count(key, 1);
      }
    }
    const isEmpty = records.size === 0 && [...this.batchDb.getKeys({ limit: 1 })].length === 0;
    if (!census && !isEmpty) throw new CorruptRecord('The list of state records');
    if (census && (census.records !== this.census.records || census.keys !== this.census.keys))
      throw new CorruptRecord('The list of state records');
    return records;
  }

  private count(key: string, by: 1 | -1) {
    if (by === 1) this.known.add(key);
    else this.known.delete(key);
    this.census = { records: this.census.records + by, keys: (this.census.keys ^ crc32(key)) >>> 0 };
  }

  /** Queues a state record; `state` is serialised when the group is cut, so later changes to it go along. */
  putState(key: string, state: object) {
    if (!this.known.has(key)) this.changeCensus(key, 1);
    this.queue(this.stateDb, key, () => Buffer.from(JSON.stringify(state)));
  }

  removeState(key: string) {
    if (!this.known.has(key)) return;
    this.changeCensus(key, -1);
    this.queue(this.stateDb, key, null);
  }

  private changeCensus(key: string, by: 1 | -1) {
    this.count(key, by);
    this.queue(this.stateDb, CENSUS, () => Buffer.from(JSON.stringify(this.census)));
  }

  putBatch(key: BatchKey, payload: Buffer) {
    this.queue(this.batchDb, key, () => payload);
  }

  removeBatch(key: BatchKey) {
    this.queue(this.batchDb, key, null);
  }

  private queue(database: Database<Buffer>, key: BatchKey | string, payload: Operation['payload']) {
    this.pending.set(keyText(key), { database, key, payload });
    this.schedule();
  }

  /**
   * When the group that holds the changes made so far is cut, `snapshot` is called; what it returns is called when
   * that group is on disk. One call for each owner and group.
   */
  onDurable(owner: object, snapshot: () => () => void) {
    this.pendingSnapshots.set(owner, snapshot);
    this.schedule();
  }

  private schedule() {
    if (this.next) return;
    this.next = this.running.then(() => this.writeGroup());
    // Whoever awaits it gets the error; onFailure reports it even when nobody does.
    this.next.catch(() => {});
  }

  /** Resolves when everything queued so far is on disk. */
  flushed(): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    return this.next ?? this.running;
  }

  private async writeGroup() {
    // One turn more, so that requests which arrived together go into one group.
    await new Promise((resolve) => setImmediate(resolve));
    const operations = this.pending;
    const snapshots = this.pendingSnapshots;
    this.pending = new Map();
    this.pendingSnapshots = new Map();
    this.running = this.next!;
    this.next = null;
    if (this.failure) throw this.failure;
    const done = [...snapshots.values()].map((snapshot) => snapshot());
    try {
      const written = this.root.batch(() => {
        for (const [text, { database, key, payload }] of operations) {
          if (payload) void database.put(key, seal(text, payload()));
          else void database.remove(key);
        }
      });
      await written;
      await this.root.flushed;
    } catch (error) {
      this.failure = await reasonOf(error as Error);
      this.onFailure(this.failure);
      throw this.failure;
    }
    this.root.resetReadTxn();
    for (const callback of done) callback();
  }

  /** The stored batches of a range of last offsets (`from` inclusive, `to` exclusive), each one checked. */
  *batches(
    topicId: number,
    partition: number,
    from: number,
    to = Number.MAX_SAFE_INTEGER,
    limit?: number,
  ): Generator<{ key: BatchKey; payload: Buffer }> {
    const range = { start: [topicId, partition, from], end: [topicId, partition, to], ...(limit && { limit }) };
    for (const { key, value } of this.batchDb.getRange(range)) yield { key, payload: unseal(keyText(key), value) };
  }

  /** The keys of all stored batches. A key that is no batch's is corrupt. */
  *batchKeys(from?: BatchKey, to?: BatchKey): Generator<BatchKey> {
    for (const key of this.batchDb.getKeys({ ...(from && { start: from }), ...(to && { end: to }) })) yield key;
  }

  /** Ends when all that is queued is on disk. */
  async close() {
    await this.flushed().catch(() => {});
    await this.root.close();
  }
}

/** Why a commit failed, which lmdb tells a moment later in a promise beside the error. */
function reasonOf(error: Error & { commitError?: Promise<unknown> }): Promise<Error> {
  const late = new Promise<Error>((resolve) => setTimeout(() => resolve(error), 100));
  const told = error.commitError?.then(
    () => error,
    (cause: Error) => cause,
  );
  return Promise.race([told ?? late, late]);
}

function keyText(key: BatchKey | string): string {
  return Array.isArray(key) ? `batch/${key.join('/')}` : String(key);
}

/** A state record's key: the kind and the name; long names (group ids may have 32 KB) by their hash. */
export function stateKey(kind: string, ...parts: (string | number)[]): string {
  const name = parts.join('/');
  return name.length <= 400 ? `${kind}/${name}` : `${kind}/#${createHash('sha256').update(name).digest('hex')}`;
}
