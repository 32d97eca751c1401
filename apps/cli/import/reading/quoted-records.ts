import type { RawRecord } from './row.js';

/** How far a quoted field may run on before its opening quote is taken for a mistake. */
const LONGEST_RECORD = 256 * 1024;
const CARRIAGE_RETURN = 0x0d;
const NEW_LINE = Buffer.from('\n');

/**
 * Joins the lines over which a quoted field runs into one record. When a quote is never closed, its line alone is the
 * bad record and reading goes on with the next line: one mistake does not swallow the rest of the file.
 */
export async function* joinQuoted(
  batches: AsyncIterable<RawRecord[]>,
  delimiter: string,
  quote: string,
  trim: boolean,
): AsyncGenerator<RawRecord[]> {
  const open = new OpenQuotes(delimiter.charCodeAt(0), quote.charCodeAt(0), trim);
  let pending: RawRecord[] = [];
  let pendingLength = 0;

  // Adds a line; complete records go to `out`. Lines after an unclosed quote are looked at again, each from its start.
  const add = (line: RawRecord, out: RawRecord[]) => {
    const again = [line];
    while (again.length > 0) {
      const next = again.pop()!;
      pending.push(next);
      pendingLength += next.raw.length;
      const state = next.problem === undefined ? open.after(next.raw, pending.length > 1) : 'broken';
      // A broken line alone goes on as it is: the parser tells what is wrong with it.
      if (state === 'closed' || (state === 'broken' && pending.length === 1)) {
        out.push(join(pending));
        pending = [];
        pendingLength = 0;
      } else if (state === 'broken' || pendingLength > LONGEST_RECORD) {
        again.push(...giveUp(out));
      }
    }
  };
  const giveUp = (out: RawRecord[]): RawRecord[] => {
    const [first, ...others] = pending;
    pending = [];
    pendingLength = 0;
    out.push({ ...first!, problem: first!.problem ?? 'a quote is opened and not closed' });
    return others.reverse();
  };

  for await (const lines of batches) {
    const out: RawRecord[] = [];
    for (const line of lines) add(line, out);
    if (out.length > 0) yield out;
  }
  while (pending.length > 0) {
    const out: RawRecord[] = [];
    for (const line of giveUp(out).reverse()) add(line, out);
    yield out;
  }
}

function join(lines: RawRecord[]): RawRecord {
  if (lines.length === 1) return lines[0]!;
  const raw = Buffer.concat(lines.flatMap(({ raw }, index) => (index === 0 ? [raw] : [NEW_LINE, raw])));
  return { line: lines[0]!.line, raw };
}

/**
 * Tells whether a quoted field is still open at a line's end, or whether text follows a closing quote: then the quote
 * that was taken for the closing one opened a field, and the mistake is on an earlier line. A quote opens a field only
 * at its very start.
 */
class OpenQuotes {
  constructor(
    private readonly delimiter: number,
    private readonly quote: number,
    /** Whether blanks around a quoted field are passed over. */
    private readonly trim: boolean,
  ) {}

  after(line: Buffer, open: boolean): 'open' | 'closed' | 'broken' {
    const { delimiter, quote } = this;
    if (!open && !line.includes(quote)) return 'closed';
    let quoted = open;
    let fieldStart = !open;
    for (let at = 0; at < line.length; at++) {
      const byte = line[at];
      if (quoted) {
        if (byte !== quote) continue;
        if (line[at + 1] === quote) {
          at++;
          continue;
        }
        while (this.isBlank(line[at + 1])) at++;
        const next = line[at + 1];
        if (next === undefined || next === delimiter || next === CARRIAGE_RETURN) {
          quoted = false;
        } else {
          return 'broken';
        }
      } else if (byte === quote && fieldStart) {
        quoted = true;
        fieldStart = false;
      } else if (!(fieldStart && this.isBlank(byte))) {
        fieldStart = byte === delimiter;
      }
    }
    return quoted ? 'open' : 'closed';
  }

  private isBlank(byte: number | undefined): boolean {
    return this.trim && (byte === 0x20 || byte === 0x09) && byte !== this.delimiter;
  }
}
