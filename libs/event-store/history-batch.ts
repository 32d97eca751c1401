import type { EventMetadata, Recorded } from '#contracts/envelope.js';
import { ForeignEvent, instantOf } from './codec.js';
import { ERASED_HASH, isSealed } from './personal-data-cipher.js';
import { FRAME_HEADER } from './protocol/frames.js';
import { decodeFramedEvent } from './protocol/read-frame.js';

const SYSTEM = '$';

/** Events of a history as they were read together: whole frames, one after the other, decoded once. */
export class HistoryBatch {
  readonly events: Recorded[] = [];
  /** Where the frame of each event begins, and where the last one ends. */
  private readonly offsets: number[] = [];

  /**
   * @param bytes of whole frames; what is personal in them stays sealed.
   * @param after events up to this position are left out.
   */
  constructor(
    private readonly bytes: Buffer,
    after = -1n,
  ) {
    let at = 0;
    while (at < bytes.length) {
      const from = at + FRAME_HEADER;
      const to = from + bytes.readUInt32BE(at + 1);
      const event = decoded(bytes, from, to);
      if (event && event.position > after) {
        this.events.push(event);
        this.offsets.push(at, to);
      }
      at = to;
    }
  }

  /** The frame of an event, from which the same event can be decoded again. */
  frame(index: number): Buffer {
    return this.bytes.subarray(this.offsets[2 * index]!, this.offsets[2 * index + 1]!);
  }
}

function decoded(bytes: Buffer, from: number, to: number): Recorded | undefined {
  const stored = decodeFramedEvent(bytes, from, to);
  if (stored === undefined || stored.type.startsWith(SYSTEM)) return undefined;
  const { type, eventId, streamId, revision, position, isJson, metadata, data, created } = stored;
  if (!isJson) throw new ForeignEvent(streamId, revision, type);
  try {
    return {
      type,
      data: JSON.parse(bytes.toString('utf8', ...data)) as object,
      eventId,
      streamId,
      revision,
      position,
      recordedAt: instantOf(created),
      metadata: envelopeIn(bytes, metadata),
    };
  } catch {
    throw new ForeignEvent(streamId, revision, type);
  }
}

/** EventStoreDB's own names of the two ids. As text, because making another object of every event's metadata costs more. */
const CORRELATION = '"$correlationId":';
const CAUSATION = '"$causationId":';

/**
 * As the codec decodes them, but for the hash of the command, which is for commands alone: where it is sealed it is not
 * opened.
 */
function envelopeIn(bytes: Buffer, [from, to]: [number, number]): EventMetadata {
  const text = bytes.toString('utf8', from, to);
  const metadata = JSON.parse(
    text.replace(CORRELATION, '"correlationId":').replace(CAUSATION, '"causationId":'),
  ) as EventMetadata;
  if (isSealed(metadata.commandHash)) metadata.commandHash = ERASED_HASH;
  return metadata;
}
