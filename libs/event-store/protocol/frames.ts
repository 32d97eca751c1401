/** How much is handed on at once: enough to look up keys of personal data for many events together. */
const SLAB = 512 * 1024;
/** What precedes each message of gRPC: a flag, and the length of the message. */
export const FRAME_HEADER = 5;

/**
 * Collects what arrives of a gRPC call, in whatever pieces, into slabs of whole frames: a frame is a message with its
 * length in front.
 */
export class Slabs {
  private slab = Buffer.allocUnsafe(SLAB);
  private used = 0;

  /** Takes a piece; answers the slabs that are full, most often none. */
  *take(piece: Buffer): Generator<Buffer> {
    let from = 0;
    while (from < piece.length) {
      const taken = Math.min(piece.length - from, this.slab.length - this.used);
      piece.copy(this.slab, this.used, from, from + taken);
      this.used += taken;
      from += taken;
      if (this.used === this.slab.length) yield* this.whole();
    }
  }

  /** Takes a message that came without its header. */
  *takeMessage(message: Buffer): Generator<Buffer> {
    const header = Buffer.alloc(FRAME_HEADER);
    header.writeUInt32BE(message.length, 1);
    yield* this.take(header);
    yield* this.take(message);
  }

  /** What is left at the end. @throws Error when the last frame was cut off. */
  rest(): Buffer {
    if (endOfWholeFrames(this.slab, this.used) !== this.used) throw new Error('The answer was cut off.');
    return this.slab.subarray(0, this.used);
  }

  private *whole(): Generator<Buffer> {
    const { slab, used } = this;
    const end = endOfWholeFrames(slab, used);
    const left = used - end;
    // One frame alone may be larger than a slab.
    const needed = left >= FRAME_HEADER ? FRAME_HEADER + slab.readUInt32BE(end + 1) : 0;
    this.slab = Buffer.allocUnsafe(Math.max(SLAB, needed));
    slab.copy(this.slab, 0, end, used);
    this.used = left;
    if (end > 0) yield slab.subarray(0, end);
  }
}

/** Where the last frame ends that is there to its end. */
function endOfWholeFrames(slab: Buffer, used: number): number {
  let at = 0;
  while (at + FRAME_HEADER <= used) {
    const next = at + FRAME_HEADER + slab.readUInt32BE(at + 1);
    if (next > used) break;
    at = next;
  }
  return at;
}
