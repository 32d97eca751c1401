import { Refused } from './errors.js';
import type { Filter } from './filters.js';
import { type Resolved, resolveLink } from './links.js';
import { positionOf } from './position.js';
import { eventResponse } from './read-response.js';
import { PASSED_OVER_AT_ONCE, recordAt, visibleStream } from './reads.js';
import { recordedPosition } from './recorded-event.js';
import { checkpointResponse } from './responses.js';
import type { Store } from './store.js';
import { parseStreamName } from './stream-name.js';

export interface Presentation {
  resolveLinks: boolean;
  structuredIds: boolean;
}

/** Turns a stored record into the answer that carries it. */
export function present(store: Store, record: Buffer, { resolveLinks, structuredIds }: Presentation): Buffer {
  const position = recordedPosition(record);
  const resolved: Resolved = resolveLinks ? resolveLink(store.view, record) : { event: record, link: undefined };
  return eventResponse(resolved, position, structuredIds);
}

/**
 * What a subscription still has to send. It keeps nothing but a cursor and always reads from the store: there is no
 * border between catching up and live at which an event could get lost or come twice, and a slow subscriber costs no
 * memory.
 */
export interface Feed {
  /** The stream whose commits matter. */
  readonly stream: string;
  /** The answers up to the end of what is stored; `undefined` to let others have their turn. */
  drain(): Generator<Buffer | undefined>;
  /** What to send on reaching the end for the first time. */
  atEnd(): Buffer[];
}

/** A subscription to `$all`, after the event with sequence number `cursor`. */
export class AllFeed implements Feed {
  readonly stream = '$all';
  private considered = 0;

  constructor(
    private readonly store: Store,
    private cursor: number,
    private readonly filter: Filter | undefined,
    private readonly presentation: Presentation,
  ) {}

  *drain(): Generator<Buffer | undefined> {
    while (this.cursor < this.store.last) {
      const record = this.store.view.record(++this.cursor);
      if (!this.filter) {
        yield present(this.store, record, this.presentation);
        continue;
      }
      this.considered++;
      if (this.filter.accepts(record)) yield present(this.store, record, this.presentation);
      else if (this.cursor % PASSED_OVER_AT_ONCE === 0) yield undefined;
      if (this.considered >= this.filter.checkpointInterval) yield this.checkpoint();
    }
  }

  atEnd(): Buffer[] {
    return this.filter ? [this.checkpoint()] : [];
  }

  private checkpoint(): Buffer {
    this.considered = 0;
    return checkpointResponse(positionOf(this.cursor));
  }
}

/** A subscription to one stream, after revision `cursor`; `undefined` is after what the stream holds now. */
export class StreamFeed implements Feed {
  private cursor: number;

  constructor(
    private readonly store: Store,
    readonly stream: string,
    cursor: number | undefined,
    private readonly presentation: Presentation,
  ) {
    this.cursor = cursor ?? this.lastRevision();
  }

  *drain(): Generator<Buffer | undefined> {
    for (;;) {
      const visible = visibleStream(this.store.view, this.stream);
      if (!visible || visible.last <= this.cursor) return;
      this.cursor = Math.max(this.cursor, visible.first - 1);
      while (this.cursor < visible.last) {
        const record = recordAt(this.store.view, visible, ++this.cursor);
        yield record && present(this.store, record, this.presentation);
      }
    }
  }

  atEnd(): Buffer[] {
    return [];
  }

  private lastRevision(): number {
    const name = parseStreamName(this.stream);
    const head = this.store.view.head(name.base);
    if (head?.tombstone) throw new Refused({ kind: 'stream-deleted', stream: this.stream });
    return (head ? (name.isMetastream ? head.metaNext : head.next) : 0) - 1;
  }
}
