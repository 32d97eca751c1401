import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventDeclarations } from '#contracts/events.js';
import type { JsonSchema } from '#contracts/fields.js';
import type { PublishedFields } from '#contracts/published-fields.js';
import { publishedSchema } from '#contracts/published-schemas.js';
import { asyncApiDocument } from './asyncapi.js';
import type { VersionedSchema } from './contract-breaks.js';
import { stateSchemas } from './state-schemas.js';

/** The current version of every event type and of every state, as they are published. */
export function declaredSchemas(published: PublishedFields): VersionedSchema[] {
  const events = [...eventDeclarations.values()].map((declaration) => ({
    type: declaration.type,
    version: declaration.schemaVersion,
    schema: publishedSchema(declaration, published),
  }));
  return [...events, ...stateSchemas(published)];
}

/** Every schema that was released: what stands in `docs/schemas`. */
export function releasedSchemas(root: string): VersionedSchema[] {
  const folder = join(root, 'docs/schemas');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((file) => /^(\w+)\.v(\d+)\.json$/.exec(file))
    .filter((found) => found !== null)
    .map(([file, type, version]) => ({
      type: type!,
      version: Number(version),
      schema: JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonSchema,
    }));
}

/**
 * The contract as files, by path: the AsyncAPI document, and the schema of each version of each event type and state.
 * @param published as the topics are, so is the contract.
 */
export function contractFiles(
  released: readonly VersionedSchema[],
  published: PublishedFields,
  version: string,
): Record<string, string> {
  const declared = declaredSchemas(published);
  const earlier = released.filter((one) =>
    declared.some(({ type, version }) => type === one.type && version > one.version),
  );
  const all = [...earlier, ...declared];
  return {
    'asyncapi.json': jsonText(asyncApiDocument(all, version)),
    ...Object.fromEntries(
      all.map(({ type, version, schema }) => [`schemas/${type}.v${version}.json`, jsonText(schema)]),
    ),
  };
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
