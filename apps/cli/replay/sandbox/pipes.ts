import { readSync, writeSync } from 'node:fs';

const READ_BYTES = 262_144;
const WRITE_CHARACTERS = 65_536;
const NEW_LINE = 10;

/** The lines that come through a pipe, read as they are needed: nothing else runs in between. */
export function* linesOf(descriptor: number): Generator<string> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let begun: Buffer[] = [];
  for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) {
    const chunk = buffer.subarray(0, read);
    let start = 0;
    for (let end = chunk.indexOf(NEW_LINE); end >= 0; end = chunk.indexOf(NEW_LINE, start)) {
      const rest = chunk.subarray(start, end);
      yield begun.length === 0 ? rest.toString('utf8') : Buffer.concat([...begun, rest]).toString('utf8');
      begun = [];
      start = end + 1;
    }
    if (start < read) begun.push(Buffer.from(chunk.subarray(start)));
  }
}

/** Lines that go through a pipe, many at a time. */
export class LineWriter {
  private text = '';

  constructor(private readonly descriptor: number) {}

  write(line: string): void {
    this.text += `${line}\n`;
    if (this.text.length >= WRITE_CHARACTERS) this.flush();
  }

  flush(): void {
    const bytes = Buffer.from(this.text);
    this.text = '';
    for (let written = 0; written < bytes.length; ) written += writeSync(this.descriptor, bytes, written);
  }
}
