import type { RawRecord } from './row.js';

/** A line longer than this is no row of a table, and would have to be held in memory. */
export const LONGEST_LINE = 1024 * 1024;
const LINE_FEED = 0x0a;

/** Splits bytes into lines, as many at a time as a chunk holds. A carriage return stays at the line's end. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<RawRecord[]> {
  let line = 1;
  let rest: Buffer[] = [];
  let restLength = 0;
  // Reads the piece of a line that lies in this chunk. Of a line that is too long only the beginning is kept.
  const keep = (piece: Buffer) => {
    if (restLength < LONGEST_LINE) rest.push(piece.subarray(0, LONGEST_LINE - restLength));
    restLength += piece.length;
  };
  const finish = (): RawRecord => {
    const raw = rest.length === 1 ? rest[0]! : Buffer.concat(rest);
    const problem =
      restLength > LONGEST_LINE
        ? `the line is longer than ${LONGEST_LINE} bytes; the rest of it is left out`
        : undefined;
    rest = [];
    restLength = 0;
    return { line: line++, raw, problem };
  };

  for await (const chunk of chunks) {
    const lines: RawRecord[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      keep(chunk.subarray(start, end));
      lines.push(finish());
      start = end + 1;
    }
    if (start < chunk.length) keep(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (restLength > 0) yield [finish()];
}
