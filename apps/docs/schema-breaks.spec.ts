import type { JsonSchema } from '#contracts/fields.js';
import { schemaBreaks } from './schema-breaks.js';

const text = { type: 'string', minLength: 1, maxLength: 100 };
const released: JsonSchema = {
  'x-topic': 'events',
  type: 'object',
  properties: {
    id: text,
    note: text,
    channel: { type: 'string', enum: ['web', 'store'] },
    lines: { type: 'array', minItems: 1, items: { type: 'object', properties: { sku: text }, required: ['sku'] } },
    totals: { type: 'object', additionalProperties: { type: 'object', properties: { value: text } } },
    address: { type: 'object', properties: { country: text } },
    document: { anyOf: [{ type: 'object', properties: { rate: text } }] },
  },
  required: ['id', 'channel'],
};

type Changeable = {
  properties: Record<string, Changeable>;
  items: Changeable;
  additionalProperties: Changeable;
  anyOf: Changeable[];
  required: string[];
} & Record<string, unknown>;

function changed(change: (schema: Changeable) => void): JsonSchema {
  const copy = structuredClone(released) as Changeable;
  change(copy);
  return copy;
}

describe('a released schema', () => {
  it('is not broken by itself, nor by what only tells', () => {
    expect(
      schemaBreaks(
        released,
        changed((schema) => Object.assign(schema, { title: 'T', examples: [{}] })),
      ),
    ).toEqual([]);
  });

  it.each<[string, (schema: Changeable) => void]>([
    ['a field that may be left out', ({ properties }) => Object.assign(properties, { later: text })],
    ['one in what nests', ({ properties }) => Object.assign(properties.address!.properties, { region: text })],
    [
      'one in a map',
      ({ properties }) => Object.assign(properties.totals!.additionalProperties!.properties, { cost: text }),
    ],
    ['one in a list', ({ properties }) => Object.assign(properties.lines!.items.properties, { colour: text })],
    ['a code', ({ properties }) => Object.assign(properties.channel!, { enum: ['web', 'store', 'kiosk'] })],
    ['a form', ({ properties }) => properties.document!.anyOf.push({ type: 'object' } as unknown as Changeable)],
  ])('gains %s', (_, change) => {
    expect(schemaBreaks(released, changed(change))).toEqual([]);
  });

  it.each<[string, string, (schema: Changeable) => void]>([
    ['note', 'is gone', ({ properties }) => delete properties.note],
    ['address.country', 'is gone', ({ properties }) => delete properties.address!.properties.country],
    ['totals.*.value', 'is gone', ({ properties }) => delete properties.totals!.additionalProperties!.properties.value],
    ['lines[].sku', 'is gone', ({ properties }) => delete properties.lines!.items.properties.sku],
    [
      'later',
      'is new and required',
      (schema) => Object.assign(schema.properties, { later: text }) && schema.required.push('later'),
    ],
    ['note', 'has become required', ({ required }) => required.push('note')],
    ['channel', 'may be left out now', (schema) => Object.assign(schema, { required: ['id'] })],
    [
      'note',
      'has another type: "string" became "integer"',
      ({ properties }) => Object.assign(properties.note!, { type: 'integer' }),
    ],
    [
      'note',
      'has another maxLength: 100 became 50',
      ({ properties }) => Object.assign(properties.note!, { maxLength: 50 }),
    ],
    [
      'note',
      'has another maxLength: 100 became 200',
      ({ properties }) => Object.assign(properties.note!, { maxLength: 200 }),
    ],
    [
      'note',
      'has another pattern: none became "^x"',
      ({ properties }) => Object.assign(properties.note!, { pattern: '^x' }),
    ],
    [
      'channel',
      'does not take "store" any more',
      ({ properties }) => Object.assign(properties.channel!, { enum: ['web'] }),
    ],
    ['channel', 'takes any value, and took codes of a list', ({ properties }) => delete properties.channel!.enum],
    ['note', 'takes only codes of a list: ["a"]', ({ properties }) => Object.assign(properties.note!, { enum: ['a'] })],
    [
      'lines',
      'has another minItems: 1 became 2',
      ({ properties }) => Object.assign(properties.lines!, { minItems: 2 }),
    ],
    ['document', 'has 0 forms, and had 1', ({ properties }) => Object.assign(properties.document!, { anyOf: [] })],
    ['document.rate', 'is gone', ({ properties }) => delete properties.document!.anyOf[0]!.properties.rate],
    ['', 'has another x-topic: "events" became "others"', (schema) => Object.assign(schema, { 'x-topic': 'others' })],
  ])('is broken where %s %s', (field, what, change) => {
    expect(schemaBreaks(released, changed(change))).toContainEqual({ field, what });
  });
});
