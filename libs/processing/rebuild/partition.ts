import { type Extent, readExtent, type SpillFile } from './spill-file.js';

/** How many bytes are handed on at once: enough to look up keys of personal data for many events together. */
const SLAB = 512 * 1024;

/** The events of a partition, as the frames that the store sent: plain, so that another thread can read them. */
export interface StoredFrames {
  bytes: number;
  /** The descriptor of the spill file that the first of them are in, and where; the others are in `rest`. */
  file: number | undefined;
  extents: Extent[];
  rest: Uint8Array;
}

/** Events that are folded together, in order: the last ones in memory, those before in a file that many share. */
export class Partition {
  private buffer: Buffer | undefined;
  private used = 0;
  private readonly extents: Extent[] = [];
  private bytes = 0;

  /** @param memory so many bytes are kept before they are written. */
  constructor(
    private readonly file: SpillFile,
    private readonly memory: number,
  ) {}

  add(frame: Buffer): void {
    this.bytes += frame.length;
    if (this.used + frame.length > this.memory) this.writeOut();
    if (frame.length > this.memory) {
      this.extents.push(this.file.append(frame));
      return;
    }
    this.buffer ??= Buffer.allocUnsafe(this.memory);
    this.used += frame.copy(this.buffer, this.used);
  }

  /** Keeps nothing in memory any more. */
  settle(): void {
    this.writeOut();
    this.buffer = undefined;
  }

  /** As it is until something is added, and for as long as the file is open. */
  stored(): StoredFrames {
    const { bytes, extents } = this;
    const file = extents.length > 0 ? this.file.descriptor : undefined;
    return { bytes, file, extents, rest: this.buffer?.subarray(0, this.used) ?? Buffer.alloc(0) };
  }

  private writeOut(): void {
    if (this.used > 0) this.extents.push(this.file.append(this.buffer!.subarray(0, this.used)));
    this.used = 0;
  }
}

/** Whole frames in a file, or in memory. */
type Piece = (Extent & { file: number }) | Uint8Array;

/** Slabs of whole frames, of one partition after the other, each in order. */
export function* framesIn(partitions: readonly StoredFrames[]): Generator<Buffer> {
  let pieces: Piece[] = [];
  let bytes = 0;
  for (const piece of piecesOf(partitions)) {
    if (bytes > 0 && bytes + piece.length > SLAB) {
      yield joined(pieces, bytes);
      pieces = [];
      bytes = 0;
    }
    pieces.push(piece);
    bytes += piece.length;
  }
  if (bytes > 0) yield joined(pieces, bytes);
}

function* piecesOf(partitions: readonly StoredFrames[]): Generator<Piece> {
  for (const { file, extents, rest } of partitions) {
    for (const extent of extents) yield { file: file!, ...extent };
    yield rest;
  }
}

function joined(pieces: readonly Piece[], bytes: number): Buffer {
  const slab = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const piece of pieces) {
    if ('file' in piece) readExtent(piece.file, piece, slab, at);
    else slab.set(piece, at);
    at += piece.length;
  }
  return slab;
}

export function bytesOf(partitions: readonly StoredFrames[]): number {
  return partitions.reduce((sum, { bytes }) => sum + bytes, 0);
}
