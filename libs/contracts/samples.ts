import type { JsonSchema } from './fields.js';

/** Texts that the patterns of declared fields may want, the plainest first. */
const UUID = '0198c6f0-7d1e-7a35-9b1f-5d3c2a1b0e4f';
const TEXTS = ['text', 'vi', UUID, '08:30', '12.50', 'USD'];

/** A value that the schema of a field takes, the same one each time. */
export function sampleOf(schema: JsonSchema): unknown {
  if (Array.isArray(schema.enum)) return schema.enum[0];
  switch (schema.type) {
    case 'array':
      return [sampleOf(schema.items as JsonSchema)];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return Math.min(Math.max(1, Number(schema.minimum ?? 1)), Number(schema.maximum ?? 1));
    case 'string':
      return textLike(schema);
    default:
      throw new Error(`No sample of ${JSON.stringify(schema)}.`);
  }
}

function textLike({ format, pattern }: JsonSchema): string {
  if (format === 'date-time') return '2026-01-31T08:15:00Z';
  if (format === 'date') return '2026-01-31';
  if (format === 'uuid') return UUID;
  if (pattern === undefined) return TEXTS[0]!;
  const expression = new RegExp(String(pattern));
  const text = TEXTS.find((one) => expression.test(one));
  if (text === undefined) throw new Error(`No sample of text like ${pattern}: add one.`);
  return text;
}
