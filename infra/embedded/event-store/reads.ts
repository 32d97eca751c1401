import { invalidArgument, Refused } from './errors.js';
import type { Head } from './head.js';
import { lowerBound } from './metadata.js';
import { decodeRecorded } from './recorded-event.js';
import { parseStreamName, partOf, type StreamName } from './stream-name.js';
import type { View } from './view.js';

/** What a reader may see of a stream now. */
export interface VisibleStream {
  head: Head;
  part: number;
  /** First and last visible revision; the stream may be empty with `last` below `first`. */
  first: number;
  last: number;
  /** Events created before this are too old, in milliseconds since the epoch. */
  oldest: number;
}

/**
 * What can be read of a stream; undefined when it does not exist or is soft-deleted.
 * @throws Refused when the stream is tombstoned.
 */
export function visibleStream(view: View, stream: string): VisibleStream | undefined {
  const name = checkedName(stream);
  const head = view.head(name.base);
  if (!head) return undefined;
  if (head.tombstone) throw new Refused({ kind: 'stream-deleted', stream });
  const part = partOf(head.number, name.isMetastream);
  if (name.isMetastream) {
    const last = head.metaNext - 1;
    return last < 0 ? undefined : { head, part, first: last, last, oldest: 0 };
  }
  if (head.next === 0 || head.softDeleted) return undefined;
  const metadata = view.metadata(head);
  const last = head.next - 1;
  const oldest = metadata.maxAgeSeconds === undefined ? 0 : Date.now() - metadata.maxAgeSeconds * 1000;
  return { head, part, first: lowerBound(metadata, last), last, oldest };
}

function checkedName(stream: string): StreamName {
  if (stream === '' || stream === '$$') throw invalidArgument(`'${stream}' is not a stream name.`);
  if (stream === '$all') throw new Refused({ kind: 'access-denied', message: '$all is not read as a stream.' });
  return parseStreamName(stream);
}

/** The stored event, or undefined when it is too old. */
export function recordAt(view: View, visible: VisibleStream, revision: number): Buffer | undefined {
  const record = view.record(view.sequenceOf(visible.part, revision));
  const tooOld = visible.oldest > 0 && Number(decodeRecorded(record).created) / 10_000 < visible.oldest;
  return tooOld ? undefined : record;
}

export interface Range {
  backwards: boolean;
  /** Revision or sequence number to begin with; undefined for the end. */
  from: number | undefined;
  count: number;
}

/** Between so many records that are passed over, a reader lets others have their turn. */
export const PASSED_OVER_AT_ONCE = 256;

/**
 * The records of a stream, each valid until the next one is asked for. `undefined` means: nothing yet, and it is time to
 * let others have their turn.
 */
export function* streamRecords(view: View, visible: VisibleStream, range: Range): Generator<Buffer | undefined> {
  const { backwards, from = backwards ? visible.last : visible.last + 1 } = range;
  let left = range.count;
  let revision = backwards ? Math.min(from, visible.last) : Math.max(from, visible.first);
  let passedOver = 0;
  while (left > 0 && revision >= visible.first && revision <= visible.last) {
    const record = recordAt(view, visible, revision);
    if (record) {
      left--;
      yield record;
    } else if (++passedOver % PASSED_OVER_AT_ONCE === 0) yield undefined;
    revision += backwards ? -1 : 1;
  }
}

/** The records of `$all`: forwards from the given one, backwards from the one before it. */
export function* allRecords(
  view: View,
  last: number,
  range: Range,
  accepts: (record: Buffer) => boolean,
): Generator<Buffer | undefined> {
  const { backwards, from = last + 1 } = range;
  let left = range.count;
  let sequence = backwards ? from - 1 : Math.max(from, 1);
  let passedOver = 0;
  while (left > 0 && sequence >= 1 && sequence <= last) {
    const record = view.record(sequence);
    if (accepts(record)) {
      left--;
      yield record;
    } else if (++passedOver % PASSED_OVER_AT_ONCE === 0) yield undefined;
    sequence += backwards ? -1 : 1;
  }
}
