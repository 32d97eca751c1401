/** A row as a line of JSON. @throws TypeError naming the field that holds what no table can. */
export function rowText(row: unknown): string {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw new TypeError(`A row must be an object with a field for each column, and one is ${nameOf(row)}.`);
  }
  return JSON.stringify(row, plain);
}

function plain(this: unknown, field: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  const fits = typeof value !== 'number' || Number.isFinite(value);
  if (
    !fits ||
    typeof value === 'function' ||
    typeof value === 'symbol' ||
    value instanceof Map ||
    value instanceof Set
  ) {
    throw new TypeError(
      `The field ${field} of a row is ${nameOf(value)}: text, numbers, truth values, dates, lists and objects can be told.`,
    );
  }
  return value;
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number') return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  return `a ${value.constructor?.name ?? 'object'}`;
}
