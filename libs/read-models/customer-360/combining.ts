import type { Customer360 } from './customer-360.table.js';
import type { Profile } from './row-parts.js';

type FieldsOf<Value> = {
  [Field in keyof Customer360]: Customer360[Field] extends Value ? Field : never;
}[keyof Customer360];

/** The survivor's, or where that is not known the first one that is. */
export function first<Field extends keyof Customer360>(rows: Customer360[], field: Field): Customer360[Field] {
  return (rows.find((row) => row[field] !== null) ?? rows[0]!)[field];
}

export function sum(rows: Customer360[], field: FieldsOf<number>): number {
  return rows.reduce((total, row) => total + row[field], 0);
}

export function earliest(rows: Customer360[], field: FieldsOf<string | null>): string | null {
  return rows.flatMap((row) => row[field] ?? []).sort()[0] ?? null;
}

export function latest(rows: Customer360[], field: FieldsOf<string | null>): string | null {
  return (
    rows
      .flatMap((row) => row[field] ?? [])
      .sort()
      .at(-1) ?? null
  );
}

/** What was said last; of two at once the survivor's. */
export function newest<Field extends keyof Customer360, At extends string>(
  rows: Customer360[],
  field: Field & FieldsOf<Partial<Record<At, string>> | null>,
  at: At,
): Customer360[Field] {
  const timeOf = (row: Customer360) => (row[field] as Record<At, string> | null)?.[at] ?? '';
  return rows.reduce((last, row) => (timeOf(row) > timeOf(last) ? row : last))[field];
}

/** A part of the profile with what one does not know taken from the next. */
export function filled<Part extends 'person' | 'organisation'>(profiles: Profile[], part: Part): Profile[Part] {
  const known = profiles.flatMap((profile) => profile[part] ?? []);
  return known.length === 0 ? undefined : (Object.assign({}, ...known.reverse()) as Profile[Part]);
}

/** Without those that say the same as one before. */
export function distinct<Item>(items: Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const text = JSON.stringify(item);
    return seen.size < seen.add(text).size;
  });
}

/** Stable, so that of two at the same instant the survivor's stands first. Rows keep instants so that they sort as text. */
export function newestFirst<At extends string, Item extends Record<At, string>>(items: Item[], at: At): Item[] {
  return items.sort((a, b) => compare(b[at], a[at]));
}

export function oldestFirst<At extends string, Item extends Record<At, string>>(items: Item[], at: At): Item[] {
  return items.sort((a, b) => compare(a[at], b[at]));
}

/** The last ones, of which there are `most`. */
export function cut<Item>(items: Item[], most: number): Item[] {
  return items.slice(-most);
}

/** Every number of both, added up. */
export function sums<Sums extends object>(a: Sums | undefined, b: Sums): Sums {
  if (a === undefined) return b;
  const total: Record<string, number> = { ...(a as Record<string, number>) };
  for (const [field, value] of Object.entries(b)) total[field] = (total[field] ?? 0) + value;
  return total as Sums;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
