import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { eventDeclarations } from './events.js';
import type { JsonSchema } from './fields.js';
import { without } from './paths.js';
import { personalPathsOf } from './personal-data.js';
import { PublishedFields } from './published-fields.js';
import { dataSchemaOf, publishedSchema } from './published-schemas.js';
import { InvalidFields, parse } from './validation.js';

const declarations = [...eventDeclarations.values()];
const everything = declarations.flatMap(({ type, data }) => personalPathsOf(data).map((path) => `${type}.${path}`));
const all = PublishedFields.parse(everything.join(','))!;

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);

/** What stands below the properties of a path: `address.city`. */
function at(schema: JsonSchema, path: string): JsonSchema | undefined {
  return path.split('.').reduce<JsonSchema | undefined>((found, field) => {
    return (found?.properties as Record<string, JsonSchema> | undefined)?.[field];
  }, schema);
}

/** The rules that a full example breaks; that a personal field is left out is none. */
function refused(data: new () => object, example: unknown): string[] {
  const personal = personalPathsOf(data);
  try {
    parse(data, example);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidFields)) throw error;
    return error.fields.filter(({ field }) => !personal.includes(field)).map(({ message }) => message);
  }
}

describe('the published schemas', () => {
  it.each(declarations)('tell $type by an example that schema and declaration take', (declaration) => {
    for (const published of [PublishedFields.none, all]) {
      const schema = publishedSchema(declaration, published);
      const [example] = schema.examples as object[];
      const { $id: _, ...anonymous } = schema;
      const validate = ajv.compile(anonymous);
      expect({ valid: validate(example), errors: validate.errors }).toEqual({ valid: true, errors: null });
      expect(refused(declaration.data, example)).toEqual([]);
    }
  });

  it('leave out what is personal, and take it where it is let in, missing or not', () => {
    const declaration = eventDeclarations.get('ContactPointAdded')!;
    expect(at(publishedSchema(declaration, PublishedFields.none), 'value')).toBeUndefined();
    const schema = publishedSchema(declaration, PublishedFields.parse('ContactPointAdded.value')!);
    expect(at(schema, 'value')).toMatchObject({
      type: 'string',
      description: expect.stringContaining('Personal data'),
    });
    expect(at(schema, 'raw')).toBeUndefined();
    expect(schema.required).toEqual(['contactPointId', 'medium']);
  });

  it('leave out what is personal in what nests', () => {
    const schema = publishedSchema(eventDeclarations.get('ProfileUpdated')!, PublishedFields.none);
    expect(at(schema, 'address.country')).toBeDefined();
    expect(at(schema, 'address.city')).toBeUndefined();
    expect(JSON.stringify(schema)).not.toMatch(/fullName|birthDate|taxId/);
  });

  it('say the same as the messages: what is left out of one is left out of the other', () => {
    for (const declaration of declarations) {
      const [full] = publishedSchema(declaration, all).examples as object[];
      const [published] = publishedSchema(declaration, PublishedFields.none).examples as object[];
      expect(without(full!, PublishedFields.none.leftOut(declaration.type))).toEqual(published);
    }
  });

  it('are open, so that a field may be added, and take no null', () => {
    const schema = publishedSchema(eventDeclarations.get('ProspectQualified')!, PublishedFields.none);
    const { $id: _, ...anonymous } = schema;
    const validate = ajv.compile(anonymous);
    expect(validate({ basis: 'called back', later: 1 })).toBe(true);
    expect(validate({ basis: null })).toBe(false);
  });

  it('have ids that are URIs, one for each type and version', () => {
    expect(dataSchemaOf('CustomerAcquired', 2)).toBe('urn:rapport:event:CustomerAcquired:2');
    const ids = declarations.map((declaration) => publishedSchema(declaration, PublishedFields.none).$id);
    expect(new Set(ids).size).toBe(declarations.length);
    for (const id of ids) expect(URL.canParse(String(id))).toBe(true);
  });
});
