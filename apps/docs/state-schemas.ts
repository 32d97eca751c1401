import { customer360Schema } from '#apps/api/views/customer-360.schema.js';
import { loyaltySchema } from '#apps/api/views/loyalty.schema.js';
import { isJsonObject, type JsonSchema } from '#contracts/fields.js';
import type { PublishedFields } from '#contracts/published-fields.js';
import { sampleOf } from '#contracts/samples.js';
import { CUSTOMER_360_STATE, LOYALTY_LEVEL_STATE, type StateDeclaration, stateSchemaOf } from '#contracts/states.js';
import { withheldPaths } from '#read-models/customer-360/published-view.js';
import type { VersionedSchema } from './contract-breaks.js';

/** Of the API's answers these fields alone are no part of a state: who has lived on in another has none. */
const OF_ANSWERS = ['position', 'absorbedInto'];

/** The values of the state topics, as they are published: what the API answers, without what is withheld. */
export function stateSchemas(published: PublishedFields): VersionedSchema[] {
  return [
    stateSchema(CUSTOMER_360_STATE, customer360Schema, withheldPaths(published)),
    stateSchema(LOYALTY_LEVEL_STATE, loyaltySchema, []),
  ];
}

function stateSchema(state: StateDeclaration, answer: JsonSchema, withheld: readonly string[]): VersionedSchema {
  const { topic, type } = state;
  const told = [...OF_ANSWERS, ...withheld].reduce((schema, path) => withoutField(schema, path.split('.')), answer);
  const value = opened(told) as JsonSchema;
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: stateSchemaOf(state),
    title: type,
    description: `${type} of a customer, as it is published on ${topic}; a value of null: there is none any more.`,
    'x-topic': topic,
    ...value,
    examples: [exampleOf(value)],
  };
  return { type, version: 1, schema };
}

/** Without the field at a path: `[]` after the name of a list stands for its items. */
function withoutField(schema: JsonSchema, [step = '', ...rest]: string[]): JsonSchema {
  if (Array.isArray(schema.anyOf)) {
    return { ...schema, anyOf: (schema.anyOf as JsonSchema[]).map((form) => withoutField(form, [step, ...rest])) };
  }
  const field = step.replace('[]', '');
  const { [field]: inside, ...others } = (schema.properties ?? {}) as Record<string, JsonSchema>;
  if (inside === undefined) return schema;
  if (rest.length === 0) {
    const required = (schema.required as string[]).filter((name) => name !== field);
    return { ...schema, properties: others, required };
  }
  const left = step.endsWith('[]')
    ? { ...inside, items: withoutField(inside.items as JsonSchema, rest) }
    : withoutField(inside, rest);
  // In its place, so that the fields keep their order.
  const properties = { ...(schema.properties as Record<string, JsonSchema>), [field]: left };
  return { ...schema, properties };
}

/** Open, as the schemas of events are: a later Rapport may tell more. */
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (!isJsonObject(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, opened(one)]));
  if (copy.additionalProperties === false) delete copy.additionalProperties;
  return copy;
}

/** A value with every field. */
function exampleOf(schema: JsonSchema): unknown {
  const { type, anyOf, properties, items, additionalProperties } = schema;
  if (Array.isArray(anyOf)) return exampleOf(anyOf[0] as JsonSchema);
  if (type === 'array') return [exampleOf(items as JsonSchema)];
  if (type !== 'object') return sampleOf(schema);
  if (isJsonObject(additionalProperties)) return { USD: exampleOf(additionalProperties) };
  const fields = Object.entries((properties ?? {}) as Record<string, JsonSchema>);
  return Object.fromEntries(fields.map(([name, field]) => [name, exampleOf(field)]));
}
