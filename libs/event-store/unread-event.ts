import type { EventMetadata, Recorded } from '#contracts/envelope.js';
import { currentVersion, NewerVersion, upcast, upcasters } from '#contracts/upcasters.js';
import { ForeignEvent } from './codec.js';
import type { FramedEvent, Range } from './protocol/read-frame.js';
import { instantOf } from './ticks.js';
import { metadataOf, UnreadMetadata, type WrittenMetadata } from './unread-metadata.js';

/**
 * An event of a history as it lies in the bytes that it was read in: its ids, its data and most of its metadata are decoded
 * when somebody looks at them, and whoever asks only what it belongs to mostly does not. It is for looking at: a copy of
 * it by `...` has none of these. What is kept or folded is what `decoded` answers.
 */
export class UnreadEvent implements Recorded {
  readonly type: string;
  readonly revision: number;
  readonly position: bigint;
  private whole: Recorded | undefined;

  constructor(
    private readonly bytes: Buffer,
    private readonly framed: FramedEvent,
    private readonly known = upcasters,
  ) {
    this.type = framed.type;
    this.revision = framed.revision;
    this.position = framed.position;
  }

  get eventId(): string {
    return this.text(this.framed.eventId);
  }

  get streamId(): string {
    return this.text(this.framed.streamId);
  }

  get recordedAt(): string {
    return instantOf(this.text(this.framed.created));
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
    const { type, revision, position, isJson, metadata, data } = this.framed;
    try {
      if (!isJson) throw new TypeError('It is no JSON.');
      const written = JSON.parse(this.text(metadata)) as WrittenMetadata;
      return {
        type,
        data: upcast(type, written.schemaVersion, JSON.parse(this.text(data)) as object, this.known),
        eventId: this.eventId,
        streamId: this.streamId,
        revision,
        position,
        recordedAt: this.recordedAt,
        metadata: metadataOf(written, currentVersion(type, this.known)),
      };
    } catch (error) {
      if (error instanceof NewerVersion) throw error;
      throw new ForeignEvent(this.streamId, revision, type);
    }
  }

  private text([from, to]: Range): string {
    return this.bytes.toString('utf8', from, to);
  }
}
