import { eventDeclarations, streamCategories } from '#contracts/events.js';
import type { JsonSchema } from '#contracts/fields.js';
import { isOptional, JsonSchemas } from '#contracts/json-schema.js';
import { personalPathsOf } from '#contracts/personal-data.js';
import { fieldsOf } from '#contracts/validation.js';

/** The catalogue of event types as Markdown: a table of all of them, then the fields of each. */
export function eventsPage(): string {
  const declarations = [...eventDeclarations.values()];
  const rows = declarations.map(({ type, category, data, schemaVersion }) => {
    const personal = personalPathsOf(data).map((path) => `\`${path}\``);
    return `| [${type}](#${type.toLowerCase()}) | \`${category}-{id}\` | ${schemaVersion} | ${personal.join(', ')} |`;
  });
  const count = `${declarations.length} types in ${Object.keys(streamCategories).length} categories of streams`;
  return `${[
    '# Events',
    '',
    `Generated from \`libs/contracts\` by \`npm run docs\`: ${count}.`,
    'Fields with a question mark may be left out. What is marked as personal is encrypted in the event store and left out of Kafka.',
    'The messages: [subscribing.md](subscribing.md); their JSON Schemas: [schemas/](schemas/).',
    '',
    '| event | stream | version | personal data |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...declarations.flatMap(({ type, data }) => ['', `## ${type}`, '', ...fieldTable(data)]),
  ].join('\n')}\n`;
}

function fieldTable(data: new () => object): string[] {
  const personal = new Set(personalPathsOf(data));
  return ['| field | |', '| --- | --- |', ...rowsOf(data, '', personal)];
}

function rowsOf(type: new () => object, path: string, personal: ReadonlySet<string>): string[] {
  const schemas = new JsonSchemas('');
  const { properties } = schemas.of(type);
  return [...fieldsOf(type)].map((field) => {
    const schema = properties[field]!;
    const optional = isOptional(type, field);
    const told = describe((optional ? (schema.anyOf as JsonSchema[])[0] : schema) ?? {}, schemas);
    const mark = [...personal].some((marked) => marked === path + field) ? ' (personal)' : '';
    return `| \`${path}${field}\`${optional ? '?' : ''} | ${told}${mark} |`;
  });
}

function describe(schema: JsonSchema, schemas: JsonSchemas): string {
  if (typeof schema.$ref === 'string') return objectIn(schema.$ref, schemas);
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map((one) => describe(one as JsonSchema, schemas)).join(' or ');
  if (Array.isArray(schema.enum)) return codes(schema.enum as string[]);
  if (schema.type === 'array') return `list of ${describe((schema.items ?? {}) as JsonSchema, schemas)}`;
  if (schema.format === 'date-time') return 'instant';
  if (schema.format === 'date') return 'day';
  if (schema.type === 'string' && schema.maxLength !== undefined)
    return `text of at most ${schema.maxLength} characters`;
  if (String(schema.pattern).startsWith('^[0-9a-f]{8}')) return 'UUID';
  if (schema.type === 'string') return `text like \`${String(schema.pattern).replaceAll('|', '\\|')}\``;
  if (schema.minimum !== undefined) return `${schema.type} from ${schema.minimum} to ${schema.maximum}`;
  return String(schema.type);
}

/** Currencies and countries are known to everybody: a list of hundreds tells nobody anything. */
function codes(values: string[]): string {
  if (values.length > 50) return values.includes('USD') ? 'ISO 4217 code' : 'ISO 3166-1 alpha-2 code';
  return values.map((value) => `\`${value}\``).join(', ');
}

function objectIn(ref: string, schemas: JsonSchemas): string {
  const schema = schemas.all()[ref]!;
  const required = new Set(schema.required as string[] | undefined);
  const fields = Object.keys(schema.properties as object).map((field) => (required.has(field) ? field : `${field}?`));
  return `${ref} {${fields.join(', ')}}`;
}
