import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonSchema } from '#contracts/fields.js';
import { STATES } from '#contracts/states.js';
import { upcast, upcasters } from '#contracts/upcasters.js';
import { type SchemaBreak, schemaBreaks } from './schema-breaks.js';

/** A schema by event type, or state, and version. */
export interface VersionedSchema {
  type: string;
  version: number;
  schema: JsonSchema;
}

/**
 * What the declared events break of the released contract, a line each: the event, the field, what changed, what to do.
 * @param released every schema that was ever published.
 * @param declared the current version of each event type.
 */
export function contractBreaks(
  released: readonly VersionedSchema[],
  declared: readonly VersionedSchema[],
  known = upcasters,
): string[] {
  const current = new Map(declared.map((one) => [one.type, one]));
  return [
    ...released.flatMap((one) => {
      const now = current.get(one.type);
      if (now === undefined) return [`${one.type} is published, and no longer declared: declare it again.`];
      if (now.version < one.version)
        return [`${one.type}: version ${one.version} is published, the code has ${now.version}: its upcaster is gone.`];
      if (now.version === one.version) return schemaBreaks(one.schema, now.schema).map((broken) => told(one, broken));
      return upcastBreaks(one, now, known);
    }),
    ...declared.flatMap((now) => missingVersions(released, now)),
  ];
}

function told({ type, version, schema }: VersionedSchema, { field, what }: SchemaBreak): string {
  const where = field === '' ? `${type} version ${version}` : `${type} version ${version}: ${field}`;
  if (isState(schema)) {
    return `${where} ${what}. It is published on ${schema['x-topic']}: undo the change, or make another topic of another version.`;
  }
  return (
    `${where} ${what}. That version is published and stays as it is: undo the change, or make version ${version + 1} ` +
    `with an upcaster in libs/contracts/upcasters.ts (docs/guides/change-an-event-type.md).`
  );
}

/** The example of an old version, brought up to the current one, has to be what that one says: all of it, and no more. */
function upcastBreaks({ type, version, schema }: VersionedSchema, now: VersionedSchema, known: typeof upcasters) {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(closed(now.schema));
  return (schema.examples as object[]).flatMap((example) => {
    if (validate(upcast(type, version, example, known))) return [];
    const why = validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`.trim()).join(', ');
    return [`${type} version ${version}: its upcaster does not make version ${now.version} of its example: ${why}.`];
  });
}

function missingVersions(released: readonly VersionedSchema[], { type, version }: VersionedSchema): string[] {
  const there = new Set(released.filter((one) => one.type === type).map((one) => one.version));
  return Array.from({ length: version - 1 }, (_, n) => n + 1)
    .filter((earlier) => !there.has(earlier))
    .map(
      (earlier) => `${type}: version ${earlier} has no schema in docs/schemas: a version is released before the next.`,
    );
}

/** The same schema, without room for fields that it does not know. */
function closed(schema: JsonSchema): JsonSchema {
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    if (typeof value !== 'object' || value === null) return value;
    const copy = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inside(one)]));
    return copy.type === 'object' && 'properties' in copy ? { ...copy, additionalProperties: false } : copy;
  };
  const { examples: _, ...rest } = schema;
  return inside(rest) as JsonSchema;
}

/** Its version is that of its topic. */
function isState({ 'x-topic': topic }: JsonSchema): boolean {
  return STATES.some((state) => state.topic === topic);
}
