import type { EventDeclaration } from './events.js';
import { CURRENCY_SCHEMA, type JsonSchema, nestedFieldsOf, schemaOf } from './fields.js';
import { isOptional } from './json-schema.js';
import type { PublishedFields } from './published-fields.js';
import { sampleOf } from './samples.js';
import { eventsTopicOf } from './topics.js';
import { fieldsOf } from './validation.js';

type Declared = new () => object;

/** Which currencies there are changes with the years and with the Node that runs this: no change of the contract. */
const ANY_CURRENCY: JsonSchema = { type: 'string', pattern: '^[A-Z]{3}$' };
const PERSONAL = 'Personal data: published by configuration; missing where the person was erased.';

/** The id of the JSON Schema of a version of an event type: what `ce_dataschema` says. */
export function dataSchemaOf(type: string, version: number): string {
  return `urn:rapport:event:${type}:${version}`;
}

/** The topic that events of a type are published on. */
export function topicOfDeclared({ category }: EventDeclaration): string {
  return eventsTopicOf(category === 'rules' ? 'rules' : 'customer');
}

/**
 * The JSON Schema (draft 2020-12) of the value of an event type's messages. It stands alone, without references, and is
 * open: a subscriber that validates with it takes messages that a later Rapport has added a field to.
 */
export function publishedSchema(declaration: EventDeclaration, published: PublishedFields): JsonSchema {
  const { type, data, schemaVersion } = declaration;
  const topic = topicOfDeclared(declaration);
  const told = new PublishedObject(type, published);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: dataSchemaOf(type, schemaVersion),
    title: type,
    description: `Version ${schemaVersion} of ${type}, as it is published on ${topic}.`,
    'x-topic': topic,
    ...told.schema(data),
    examples: [told.example(data)],
  };
}

/** What a message of one event type says. A field that is left out of the message is left out, never null. */
class PublishedObject {
  private readonly leftOut: ReadonlySet<string>;

  constructor(
    private readonly type: string,
    private readonly published: PublishedFields,
  ) {
    this.leftOut = new Set(published.leftOut(type));
  }

  schema(declared: Declared, path = ''): JsonSchema {
    const fields = this.fieldsOf(declared, path);
    const properties = Object.fromEntries(fields.map((field) => [field, this.field(declared, field, path)]));
    // A key that was destroyed takes the field with it, whatever the declaration says.
    const required = fields.filter((field) => !isOptional(declared, field) && !this.isPersonal(path + field));
    return { type: 'object', properties, ...(required.length > 0 && { required }) };
  }

  /** A message with every field. */
  example(declared: Declared, path = ''): object {
    const told: Record<string, unknown> = {};
    for (const field of this.fieldsOf(declared, path)) {
      const nested = nestedFieldsOf(declared).get(field);
      const schema = schemaOf(declared, field);
      if (nested === undefined) told[field] = sampleOf(schema);
      else if (!nested.list) told[field] = this.example(nested.type(told), `${path}${field}.`);
      else {
        const count = Math.max(1, Number(schema.minItems ?? 0));
        told[field] = Array.from({ length: count }, () => this.example(nested.type(told), `${path}${field}.`));
      }
    }
    return told;
  }

  private field(declared: Declared, field: string, path: string): JsonSchema {
    const schema = this.value(declared, field, path);
    return this.isPersonal(path + field) ? { description: PERSONAL, ...schema } : schema;
  }

  private value(declared: Declared, field: string, path: string): JsonSchema {
    const schema = schemaOf(declared, field);
    const nested = nestedFieldsOf(declared).get(field);
    if (nested === undefined) return schema === CURRENCY_SCHEMA ? ANY_CURRENCY : schema;
    const within = `${path}${field}.`;
    if (nested.variants) {
      return { anyOf: Object.values(nested.variants.classes).map((variant) => this.schema(variant, within)) };
    }
    const inside = this.schema(nested.type({}), within);
    return nested.list ? { ...schema, items: inside } : inside;
  }

  private fieldsOf(declared: Declared, path: string): string[] {
    return [...fieldsOf(declared)].filter((field) => !this.leftOut.has(path + field));
  }

  private isPersonal(path: string): boolean {
    return this.published.lets(this.type, path);
  }
}
