import type { EventMetadata, Recorded } from '#contracts/envelope.js';
import { currentVersion, NewerVersion, upcast } from '#contracts/upcasters.js';
import { ForeignEvent, instantOf } from './codec.js';
import { ERASED_HASH, isSealed, type Sealed } from './personal-data-cipher.js';
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
    const written = JSON.parse(bytes.toString('utf8', ...metadata)) as WrittenMetadata;
    return {
      type,
      data: upcast(type, written.schemaVersion, JSON.parse(bytes.toString('utf8', ...data)) as object),
      eventId,
      streamId,
      revision,
      position,
      recordedAt: instantOf(created),
      metadata: metadataOf(type, written),
    };
  } catch (error) {
    if (error instanceof NewerVersion) throw error;
    throw new ForeignEvent(streamId, revision, type);
  }
}

/** With EventStoreDB's own names of the two ids, and the hash of the command sealed where it tells of personal data. */
type WrittenMetadata = Omit<EventMetadata, 'correlationId' | 'causationId' | 'commandHash'> & {
  commandHash: string | Sealed;
  $correlationId: string;
  $causationId: string;
};

/** All of them, so that none is forgotten: one by one takes a fraction of what leaving out and renaming takes. */
type EveryField = { [Field in keyof Required<EventMetadata>]: EventMetadata[Field] };

/** As the codec decodes them, but for the hash of the command, which is for commands alone: sealed, it is not opened. */
function metadataOf(type: string, written: WrittenMetadata): EveryField {
  return {
    occurredAt: written.occurredAt,
    actor: written.actor,
    reason: written.reason,
    correlationId: written.$correlationId,
    causationId: written.$causationId,
    commandId: written.commandId,
    commandHash: isSealed(written.commandHash) ? ERASED_HASH : written.commandHash,
    subject: written.subject,
    customerId: written.customerId,
    schemaVersion: currentVersion(type),
    source: written.source,
    decidedBy: written.decidedBy,
    traceparent: written.traceparent,
  };
}
