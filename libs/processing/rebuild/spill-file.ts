import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '#contracts/ids.js';
import { FRAME_HEADER, Slabs } from '#event-store/protocol/frames.js';

const BUFFER = 128 * 1024;
/** The flag of a frame that holds a row; the store's own frames, of events, have 0. */
const ROW = 2;

/** What is in a part of the file: rows first, then events as frames, as the store sent them. */
export interface Spilled {
  rows: object[];
  frames: Buffer;
}

/**
 * A temporary file that no name leads to: it is gone when it is closed, or when the process ends, however that comes
 * about. It holds rows with personal data in them, so nobody else may open it.
 */
export class SpillFile {
  private readonly file: number;
  private buffer: Buffer | undefined = Buffer.allocUnsafe(BUFFER);
  private used = 0;

  constructor() {
    const path = join(tmpdir(), `rapport-rebuild-${newId()}`);
    this.file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
  }

  /** All rows before the first event. */
  addRow(row: object): void {
    const json = Buffer.from(JSON.stringify(row));
    const header = Buffer.alloc(FRAME_HEADER);
    header[0] = ROW;
    header.writeUInt32BE(json.length, 1);
    this.append(header);
    this.append(json);
  }

  addFrame(frame: Buffer): void {
    this.append(frame);
  }

  /** Everything from the beginning on; nothing can be added any more. */
  *read(): Generator<Spilled> {
    this.writeOut();
    this.buffer = undefined;
    const slabs = new Slabs();
    const piece = Buffer.allocUnsafe(BUFFER);
    let position = 0;
    for (let length = -1; length !== 0; position += length) {
      length = readSync(this.file, piece, 0, BUFFER, position);
      for (const slab of slabs.take(piece.subarray(0, length))) yield partsOf(slab);
    }
    yield partsOf(slabs.rest());
  }

  close(): void {
    closeSync(this.file);
  }

  private append(bytes: Buffer): void {
    if (this.used + bytes.length > BUFFER) this.writeOut();
    if (bytes.length > BUFFER) writeAll(this.file, bytes);
    else this.used += bytes.copy(this.buffer!, this.used);
  }

  private writeOut(): void {
    if (this.buffer) writeAll(this.file, this.buffer.subarray(0, this.used));
    this.used = 0;
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
}

function partsOf(slab: Buffer): Spilled {
  const rows: object[] = [];
  let at = 0;
  while (at < slab.length && slab[at] === ROW) {
    const from = at + FRAME_HEADER;
    at = from + slab.readUInt32BE(at + 1);
    rows.push(JSON.parse(slab.toString('utf8', from, at)) as object);
  }
  return { rows, frames: slab.subarray(at) };
}
