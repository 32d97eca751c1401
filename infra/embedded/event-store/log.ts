import { mkdirSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';
import { seal, sealInPlace, unseal } from '../checked-record.js';
import { MissingRecord } from './errors.js';
import { bucketCount, decodeBucket, type Entry, encodeBucket } from './hash-index.js';
import {
  type Counters,
  decodeCounters,
  decodeHead,
  encodeCounters,
  encodeHead,
  type Head,
  type IndexName,
} from './head.js';
import { livingOwner, ownRecord } from './owner.js';

type Table = Database<Buffer, number>;
/** What counting needs of a table, whatever its keys are. */
type Countable = { getStats(): object };

function revisionKey(part: number, revision: number): Buffer {
  const key = Buffer.allocUnsafe(12);
  key.writeUIntBE(part, 0, 6);
  key.writeUIntBE(revision, 6, 6);
  return key;
}

/** A stored value without copying it: the buffer is LMDB's and is used again by the next call. */
function viewOf<Key extends Buffer | number>(table: Database<Buffer, Key>, key: Key): Buffer | undefined {
  const view = table.getBinaryFast(key);
  // `length` is that of the value, but the buffer underneath is larger.
  return view?.subarray(0, view.length);
}

/**
 * The tables in LMDB. Every key is a dense number or follows from dense numbers, and records are only fetched one by
 * one: a record whose key was damaged is missed where it should stand, whatever the order of the keys has become.
 *
 * - `log`: sequence number -> the event, as {@link encodeRecorded} wrote it
 * - `revisions`: part (stream or metastream) and revision -> sequence number; revision 0 stands in the head instead
 * - `heads`: stream number -> {@link Head}
 * - `names`, `ids`: hash indexes, stream name -> stream number and (part, event id) -> sequence number, but for the newest
 *   entries: see `IndexTail`
 * - `state`: the counters and the owner
 */
export class Log {
  private constructor(
    readonly root: RootDatabase<Buffer, string>,
    private readonly state: Database<Buffer, string>,
    private readonly log: Table,
    private readonly revisions: Database<Buffer, Buffer>,
    private readonly heads: Table,
    private readonly indexes: Record<IndexName, Table>,
  ) {}

  /** Opens or creates the store and checks that every table has as many records as the counters say. */
  static async open(dataDir: string, { readOnly = false } = {}): Promise<Log> {
    if (!readOnly) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const binary = { encoding: 'binary' as const };
    // Without overlapping syncs a commit becomes visible only when it is on the disk: readers never see what a power
    // failure could still take back.
    const root = open<Buffer, string>({ path: dataDir, maxDbs: 8, overlappingSync: false, readOnly, ...binary });
    const table = (name: string) => root.openDB<Buffer, number>({ name, ...binary });
    const log = new Log(
      root,
      root.openDB<Buffer, string>({ name: 'state', ...binary }),
      table('log'),
      root.openDB<Buffer, Buffer>({ name: 'revisions', keyEncoding: 'binary', ...binary }),
      table('heads'),
      { names: table('names'), ids: table('ids') },
    );
    try {
      if (!readOnly) log.initialise();
      log.checkCounts();
    } catch (error) {
      await log.close();
      throw error;
    }
    return log;
  }

  private initialise(): void {
    if (this.state.get('counters')) return;
    if (this.entries(this.log) > 0) throw new MissingRecord('Record counters');
    this.root.transactionSync(() => {
      this.putCounters({ last: 0, streams: 0, tombstones: 0, parts: 0, indexed: { names: 0, ids: 0 } });
      this.putBucket('names', 0, []);
      this.putBucket('ids', 0, []);
    });
  }

  /** Compares the number of records in each table with the counters: a lost record is noticed at the start. */
  checkCounts(): void {
    const { last, streams, tombstones, parts, indexed } = this.counters();
    const expected: [string, Countable, number][] = [
      ['log', this.log, last],
      ['revisions', this.revisions, last - tombstones - parts],
      ['heads', this.heads, streams],
      ['names', this.indexes.names, bucketCount(indexed.names)],
      ['ids', this.indexes.ids, bucketCount(indexed.ids)],
    ];
    for (const [name, table, count] of expected) {
      const actual = this.entries(table);
      if (actual !== count) throw new MissingRecord(`A record of table ${name} (${actual} of ${count})`);
    }
    if (last > 0) this.event(last);
  }

  private entries(table: Countable): number {
    return (table.getStats() as { entryCount: number }).entryCount;
  }

  /**
   * Takes the store for this process; LMDB's write lock makes looking and taking one step.
   * @throws when a living process has it.
   */
  takeOwnership(dataDir: string): void {
    this.root.transactionSync(() => {
      const pid = this.owner();
      if (pid) throw new Error(`The event store in ${dataDir} is in use by process ${pid}. Stop it first.`);
      this.state.putSync('owner', seal('owner', ownRecord()));
    });
  }

  /** The id of the living process that has the store. */
  owner(): number | undefined {
    const sealed = this.state.get('owner');
    return sealed && livingOwner(unseal('owner', sealed));
  }

  releaseOwnership(): void {
    this.state.removeSync('owner');
  }

  counters(): Counters {
    return decodeCounters(this.checked('counters', this.state.get('counters')));
  }

  putCounters(counters: Counters): void {
    this.state.putSync('counters', seal('counters', encodeCounters(counters)));
  }

  /** The stored event, valid until the next call to any method: the buffer is LMDB's and is used again. */
  event(sequence: number): Buffer {
    return this.checked(`log/${sequence}`, viewOf(this.log, sequence));
  }

  /** Stores an event that has room for its seal before it. */
  putEvent(sequence: number, sealed: Buffer): void {
    this.log.putSync(sequence, sealInPlace(`log/${sequence}`, sealed));
  }

  sequenceOf(part: number, revision: number): number {
    const stored = viewOf(this.revisions, revisionKey(part, revision));
    return this.checked(`revisions/${part}/${revision}`, stored).readUIntBE(0, 6);
  }

  putRevision(part: number, revision: number, sequence: number): void {
    const bytes = Buffer.allocUnsafe(6);
    bytes.writeUIntBE(sequence, 0, 6);
    this.revisions.putSync(revisionKey(part, revision), seal(`revisions/${part}/${revision}`, bytes));
  }

  head(number: number): Head {
    return decodeHead(number, this.checked(`heads/${number}`, viewOf(this.heads, number)));
  }

  putHead(head: Head): void {
    this.heads.putSync(head.number, seal(`heads/${head.number}`, encodeHead(head)));
  }

  /** A bucket as it is stored; valid as long as an {@link event}. */
  storedBucket(index: IndexName, bucket: number): Buffer {
    return this.checked(`${index}/${bucket}`, viewOf(this.indexes[index], bucket));
  }

  bucket(index: IndexName, bucket: number): Entry[] {
    return decodeBucket(this.storedBucket(index, bucket));
  }

  putBucket(index: IndexName, bucket: number, entries: Entry[]): void {
    this.indexes[index].putSync(bucket, seal(`${index}/${bucket}`, encodeBucket(entries)));
  }

  async close(): Promise<void> {
    await this.root.close();
  }

  private checked(key: string, sealed: Buffer | undefined): Buffer {
    if (!sealed) throw new MissingRecord(`Record ${key}`);
    return unseal(key, sealed);
  }
}
