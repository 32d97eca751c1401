import { eventDeclarations } from './events.js';
import { Count, Id, ListOf, Nested, Optional, Text } from './fields.js';
import { JsonSchemas } from './json-schema.js';

class Part {
  @Count(1) quantity!: number;
}
class Base {
  @Id() id!: string;
}
class Whole extends Base {
  @Optional() @Text(10) note?: string;
  @Nested(() => Part) main!: Part;
  @ListOf(() => Part, { least: 0, most: 3 }) others!: Part[];
}

describe('the JSON Schema of a declared class', () => {
  it('says what the rules say, with what nests by reference and null for what may be left out', () => {
    const schemas = new JsonSchemas('#/schemas/');
    expect(schemas.refTo(Whole)).toEqual({ $ref: '#/schemas/Whole' });
    expect(schemas.all()).toEqual({
      Part: {
        type: 'object',
        properties: { quantity: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } },
        required: ['quantity'],
        additionalProperties: false,
      },
      Whole: {
        type: 'object',
        properties: {
          id: { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' },
          note: {
            anyOf: [{ type: 'string', minLength: 1, maxLength: 10, pattern: '^[^\\u0000]*$' }, { type: 'null' }],
          },
          main: { $ref: '#/schemas/Part' },
          others: { type: 'array', minItems: 0, maxItems: 3, items: { $ref: '#/schemas/Part' } },
        },
        required: ['main', 'others', 'id'],
        additionalProperties: false,
      },
    });
  });

  it('leaves out what it is told to', () => {
    expect(Object.keys(new JsonSchemas('').of(Whole, ['id', 'others']).properties)).toEqual(['note', 'main']);
  });

  it('refuses two classes of one name', () => {
    const other = { Part: class Part extends Base {} }.Part;
    const schemas = new JsonSchemas('');
    schemas.refTo(Part);
    expect(() => schemas.refTo(other)).toThrow('Two classes are named Part');
  });

  it('leaves no field of an event without a rule', () => {
    const schemas = new JsonSchemas('');
    for (const { data } of eventDeclarations.values()) schemas.refTo(data);
    for (const [name, { properties }] of Object.entries(schemas.all())) {
      for (const [field, schema] of Object.entries(properties as object)) {
        expect({ field: `${name}.${field}`, rules: Object.keys(schema).length }).not.toMatchObject({ rules: 0 });
      }
    }
  });
});
