import type { JsonSchema } from '#contracts/fields.js';
import { isOptional, type JsonSchemas } from '#contracts/json-schema.js';
import type { Route } from './routes.js';

const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** An id, or `SYSTEM:ID` of a record from outside. */
const addressSchema: JsonSchema = {
  type: 'string',
  pattern: `^(${UUID}|[A-Za-z0-9._-]{1,64}:[^\\u0000]{1,200})$`,
  maxLength: 265,
  examples: ['cdnow:07592'],
};

const HEADERS = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'The same key with the same body answers the first outcome.',
    schema: { type: 'string', pattern: '^[\\x20-\\x7e]{1,255}$' },
  },
  {
    name: 'If-Match',
    in: 'header',
    description:
      'Only if the stream is at this revision, in quotes: "3". A tag that is no revision matches nothing (412).',
    schema: { type: 'string' },
  },
];

/** Path, query and header parameters of a route. */
export function parametersOf({ path, method, operation }: Route, schemas: JsonSchemas): object[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: operation?.params?.[name!] ?? (name === 'id' ? addressSchema : { type: 'string', pattern: `^${UUID}$` }),
  }));
  return [...inPath, ...queryOf(operation?.query, schemas), ...(method === 'post' ? HEADERS : [])];
}

function queryOf(type: (new () => object) | undefined, schemas: JsonSchemas): object[] {
  if (type === undefined) return [];
  return Object.entries(schemas.of(type).properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !isOptional(type, name),
    // Left out is left out: a query has no null.
    schema: (schema.anyOf as JsonSchema[] | undefined)?.[0] ?? schema,
  }));
}
