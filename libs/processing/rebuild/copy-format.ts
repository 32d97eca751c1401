import { type Entity, tableOf } from '#platform/database/entity.js';

/** In COPY's text format these would end a value or begin an escape. */
const SPECIAL = /[\\\n\r\t]/;
const EVERY_SPECIAL = /[\\\n\r\t]/g;
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const NULL = '\\N';

/** A row holds a text that PostgreSQL has no form of. The code is PostgreSQL's own for it. */
export class NotEncodable extends Error {
  readonly code = '22021';

  constructor() {
    super('A text holds half of a surrogate pair.');
    this.name = 'NotEncodable';
  }
}

/** Rows of an entity in the text format of COPY, column by column as their types are. */
export class CopyFormat<Row extends object> {
  /** `column, …`, in the order of the values. */
  readonly columns: string;
  private readonly values: { property: keyof Row; encode(value: unknown): string }[];

  constructor(entity: Entity<Row>) {
    const { columns } = tableOf(entity);
    this.columns = columns.map(({ column }) => column).join(', ');
    this.values = columns.map(({ property, type }) => ({ property: property as keyof Row, encode: encoderOf(type) }));
  }

  /** @throws NotEncodable */
  line(row: Row): string {
    let line = '';
    let end = '';
    for (const { property, encode } of this.values) {
      const value = row[property];
      line += end + (value === null || value === undefined ? NULL : encode(value));
      end = '\t';
    }
    if (!line.isWellFormed()) throw new NotEncodable();
    return `${line}\n`;
  }
}

function encoderOf(type: string): (value: unknown) => string {
  if (type.endsWith('[]')) return arrayText;
  if (type === 'json' || type === 'jsonb') return (value) => escapedJson(JSON.stringify(value));
  return (value) => escaped(String(value));
}

/** As PostgreSQL writes arrays: every item quoted, whatever it holds. */
function arrayText(items: unknown): string {
  const texts = (items as unknown[]).map((item) => {
    return item === null ? 'null' : `"${String(item).replace(/["\\]/g, (special) => `\\${special}`)}"`;
  });
  return escaped(`{${texts.join(',')}}`);
}

/** JSON has no line breaks and tabs of its own, and finding one letter in a long text takes a tenth of finding one of four. */
function escapedJson(text: string): string {
  return text.includes('\\') ? text.replaceAll('\\', '\\\\') : text;
}

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(EVERY_SPECIAL, (special) => ESCAPED[special]!) : text;
}
