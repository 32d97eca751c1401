/** A piece of the file between two line ends: a line, or a record whose quoted fields run over several lines. */
export interface RawRecord {
  /** The number of its first line in the file, from 1. Header and skipped lines count. */
  line: number;
  /** Its bytes as they stand in the file, without the last line feed. */
  raw: Buffer;
  /** Why it cannot be read. */
  problem?: string;
}

/** One row of the file, split into columns. */
export interface Row extends RawRecord {
  /** By the order of the columns; empty when there is a problem. */
  values: readonly string[];
}

/** A row that could not be read. */
export function unreadable({ line, raw }: RawRecord, problem: string): Row {
  return { line, raw, values: [], problem };
}

/** Whether there is nothing on the line but blanks. Such a line is no row. */
export function isBlank({ raw, problem }: RawRecord): boolean {
  if (problem !== undefined) return false;
  for (const byte of raw) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  return true;
}
