import { randomUUID } from 'node:crypto';
import { decide, type History } from './append-rules.js';
import { invalidArgument, Refused } from './errors.js';
import type { Head } from './head.js';
import { SOFT_DELETED_METADATA, withTruncateBefore } from './metadata.js';
import { positionOf } from './position.js';
import type { ProposedEvent } from './recorded-event.js';
import { parseStreamName, partOf, type StreamName } from './stream-name.js';
import type { WriteBatch } from './write-batch.js';

export const MAXIMUM_APPEND_SIZE = 1024 * 1024;

export interface WriteRequest {
  kind: 'append' | 'delete' | 'tombstone';
  stream: string;
  expected: number;
  events: ProposedEvent[];
  /** Milliseconds since the epoch after which the write is not wanted any more. */
  deadline?: number;
}

export interface Written {
  /** The stream's revision after the write, -1 when it holds nothing. */
  revision: number;
  /** Absent when nothing was ever written. */
  position?: number;
}

const NO_BYTES = Buffer.alloc(0);

function systemEvent(type: string, contentType: string, data: Buffer): ProposedEvent {
  return { id: randomUUID(), type, contentType, metadata: NO_BYTES, data };
}

function metadataEvent(json: Buffer): ProposedEvent {
  return systemEvent('$metadata', 'application/json', json);
}

/** How much an event counts towards the limit of an append. */
export function sizeOf(event: ProposedEvent): number {
  return event.data.length + event.metadata.length + 2 * event.type.length;
}

function checkRequest({ kind, stream, events, deadline }: WriteRequest): void {
  if (stream === '' || stream === '$$') throw invalidArgument(`'${stream}' is not a stream name.`);
  if (stream === '$all') throw new Refused({ kind: 'access-denied', message: '$all cannot be written to.' });
  if (kind !== 'append' && stream.startsWith('$$'))
    throw invalidArgument(`'${stream}' holds metadata and is deleted with its stream.`);
  if (events.reduce((sum, event) => sum + sizeOf(event), 0) > MAXIMUM_APPEND_SIZE)
    throw new Refused({ kind: 'maximum-append-size-exceeded', maximum: MAXIMUM_APPEND_SIZE });
  if (deadline !== undefined && deadline < Date.now()) throw new Refused({ kind: 'timeout' });
}

function historyOf(batch: WriteBatch, head: Head | undefined, name: StreamName): History {
  return {
    revisionOf: (id) => {
      const sequence = head && batch.sequenceOfId(head, name, id);
      return sequence === undefined ? undefined : batch.event(sequence).revision;
    },
    idAt: (revision) => batch.event(batch.sequenceOf(partOf(head!.number, name.isMetastream), revision)).id,
  };
}

/**
 * Applies one write to the batch.
 * @throws Refused when the rules forbid it; the batch is unchanged then.
 */
export function applyWrite(batch: WriteBatch, request: WriteRequest): Written {
  checkRequest(request);
  const { stream, expected, events } = request;
  const name = parseStreamName(stream);
  const head = batch.head(name.base);
  const current = (head ? (name.isMetastream ? head.metaNext : head.next) : 0) - 1;
  const softDeleted = head?.softDeleted ?? false;
  const state = {
    current,
    tombstoned: head !== undefined && head.tombstone > 0,
    softDeleted: softDeleted && !name.isMetastream,
    hasMetadata: head !== undefined && !name.isMetastream && head.metaNext > 0,
  };
  const ids = events.map((event) => event.id);
  const decision = decide(expected, ids, state, historyOf(batch, head, name));
  if (decision.kind === 'stream-deleted') throw new Refused({ kind: 'stream-deleted', stream });
  if (decision.kind === 'wrong-expected-version')
    throw new Refused({ kind: 'wrong-expected-version', stream, expected, current });
  if (decision.kind === 'idempotent')
    return writtenAt(batch, partOf(head!.number, name.isMetastream), decision.revision);

  if (request.kind === 'tombstone')
    return {
      revision: current,
      position: batch.tombstone(name, systemEvent('$streamDeleted', 'application/octet-stream', NO_BYTES)),
    };
  if (request.kind === 'delete')
    return {
      revision: current,
      position: batch.append(parseStreamName(`$$${stream}`), metadataEvent(SOFT_DELETED_METADATA)),
    };
  if (events.length === 0)
    return current < 0 ? { revision: -1 } : writtenAt(batch, partOf(head!.number, name.isMetastream), current);
  return appendEvents(batch, name, events, softDeleted);
}

function writtenAt(batch: WriteBatch, part: number, revision: number): Written {
  return { revision, position: positionOf(batch.sequenceOf(part, revision)) };
}

/** Appends, and brings a soft-deleted stream back so that only what is written from now on is visible. */
function appendEvents(batch: WriteBatch, name: StreamName, events: ProposedEvent[], softDeleted: boolean): Written {
  const oldNext = batch.head(name.base)?.next ?? 0;
  let position = 0;
  for (const event of events) position = batch.append(name, event);
  const head = batch.head(name.base)!;
  const revision = (name.isMetastream ? head.metaNext : head.next) - 1;
  if (softDeleted) {
    const metadata = withTruncateBefore(batch.rawMetadata(head), oldNext);
    batch.append(parseStreamName(`$$${name.base}`), metadataEvent(metadata));
  }
  return { revision, position };
}
