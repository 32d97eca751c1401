import type { EventMetadata, Recorded } from '#contracts/envelope.js';
import { currentVersion, NewerVersion, upcast, upcasters } from '#contracts/upcasters.js';
import { ForeignEvent, instantOf } from './codec.js';
import type { FramedEvent } from './protocol/read-frame.js';
import { metadataOf, UnreadMetadata, type WrittenMetadata } from './unread-metadata.js';

/**
 * An event of a history as it lies in the bytes that it was read in: its data and most of its metadata are decoded when
 * somebody first looks at them, and whoever asks only what it belongs to mostly does not. It is for looking at: a copy of
 * it by `...` has no data. What is kept or folded is what `decoded` answers.
 */
export class UnreadEvent implements Recorded {
  readonly type: string;
  readonly eventId: string;
  readonly streamId: string;
  readonly revision: number;
  readonly position: bigint;
  private whole: Recorded | undefined;

  constructor(
    private readonly bytes: Buffer,
    private readonly framed: FramedEvent,
    private readonly known = upcasters,
  ) {
    this.type = framed.type;
    this.eventId = framed.eventId;
    this.streamId = framed.streamId;
    this.revision = framed.revision;
    this.position = framed.position;
  }

  get recordedAt(): string {
    return instantOf(this.framed.created);
  }

  get metadata(): EventMetadata {
    return this.whole ? this.whole.metadata : new UnreadMetadata(this.bytes, this.framed.metadata, this);
  }

  /** As the current version has them; what is personal in them is sealed. @throws as `decoded` does. */
  get data(): object {
    return this.decoded().data;
  }

  /**
   * The whole event, a plain object, decoded once: what is personal in it can be opened.
   * @throws ForeignEvent, NewerVersion
   */
  decoded(): Recorded {
    this.whole ??= this.decode();
    return this.whole;
  }

  private decode(): Recorded {
    const { type, eventId, streamId, revision, position, isJson, metadata, data, created } = this.framed;
    try {
      if (!isJson) throw new TypeError('It is no JSON.');
      const written = JSON.parse(this.text(metadata)) as WrittenMetadata;
      return {
        type,
        data: upcast(type, written.schemaVersion, JSON.parse(this.text(data)) as object, this.known),
        eventId,
        streamId,
        revision,
        position,
        recordedAt: instantOf(created),
        metadata: metadataOf(written, currentVersion(type, this.known)),
      };
    } catch (error) {
      if (error instanceof NewerVersion) throw error;
      throw new ForeignEvent(streamId, revision, type);
    }
  }

  private text([from, to]: [number, number]): string {
    return this.bytes.toString('utf8', from, to);
  }
}
