import { type JsonSchema, schemaOf } from '#contracts/fields.js';
import { fieldsOf, parse } from '#contracts/validation.js';

/** The parameters of a query as Fastify has them: text, or a list where a name stands there twice. */
export type QueryParameters = Readonly<Record<string, string | string[]>>;

/**
 * Reads the parameters by the declaration of a class: a text is taken for the number, truth value or list that the
 * field is. What cannot be one stays text, which the field's rule refuses by name.
 * @throws InvalidFields; an unknown parameter is one.
 */
export function parseQuery<Query extends object>(type: new () => Query, parameters: QueryParameters): Query {
  const known = fieldsOf(type);
  const fields = Object.entries(parameters).map(([name, value]) => {
    return [name, known.has(name) ? asDeclared(value, schemaOf(type, name)) : value];
  });
  return parse(type, Object.fromEntries(fields));
}

function asDeclared(value: string | string[], schema: JsonSchema): unknown {
  if (schema.type === 'array') return [value].flat();
  if (typeof value !== 'string') return value;
  if (schema.type === 'integer' || schema.type === 'number')
    return /^-?\d{1,16}(\.\d+)?$/.test(value) ? Number(value) : value;
  if (schema.type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}
