import type { Recorded } from '#contracts/envelope.js';
import { FRAME_HEADER } from './protocol/frames.js';
import { decodeFramedEvent } from './protocol/read-frame.js';
import { UnreadEvent } from './unread-event.js';

const SYSTEM = '$';

/** Events of a history as they were read together: whole frames, one after the other. */
export class HistoryBatch {
  /** Each event before it is decoded in full: as much as it takes to tell whether it is wanted. */
  readonly unread: UnreadEvent[] = [];
  private decoded: Recorded[] | undefined;
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
      const framed = decodeFramedEvent(bytes, from, to);
      if (framed && framed.position > after && !framed.type.startsWith(SYSTEM)) {
        this.unread.push(new UnreadEvent(bytes, framed));
        this.offsets.push(at, to);
      }
      at = to;
    }
  }

  /** All of them, decoded once. @throws ForeignEvent, NewerVersion */
  get events(): Recorded[] {
    this.decoded ??= this.unread.map((event) => event.decoded());
    return this.decoded;
  }

  /** The frame of an event, from which the same event can be decoded again. */
  frame(index: number): Buffer {
    return this.bytes.subarray(this.offsets[2 * index]!, this.offsets[2 * index + 1]!);
  }
}
