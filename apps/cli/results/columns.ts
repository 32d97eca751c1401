/** A row as it is told: what JSON can hold. */
export type Row = Record<string, unknown>;

/** What a column holds: `json` are lists and objects, and whatever else stands beside them. */
export type ColumnType = 'integer' | 'number' | 'boolean' | 'text' | 'instant' | 'json';

export interface Column {
  name: string;
  type: ColumnType;
}

/** Finds out the columns of rows: in the order in which their names first came up, each of the type that holds all its values. */
export class ColumnFinder {
  private readonly types = new Map<string, ColumnType | undefined>();

  add(row: Row): void {
    for (const [name, value] of Object.entries(row)) {
      this.types.set(name, widest(this.types.get(name), typeOf(value)));
    }
  }

  get columns(): Column[] {
    return [...this.types].map(([name, type]) => ({ name, type: type ?? 'text' }));
  }
}

function typeOf(value: unknown): ColumnType | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'string' ? 'text' : 'json';
}

function widest(one: ColumnType | undefined, other: ColumnType | undefined): ColumnType | undefined {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  const both = [one, other];
  if (both.includes('json')) return 'json';
  return both.every((type) => type === 'integer' || type === 'number') ? 'number' : 'text';
}

/** A value as text: none for what is missing. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
