import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonSchema } from '#contracts/fields.js';

/** A field of a released schema that the declared one says otherwise. */
export interface SchemaBreak {
  /** Its path; empty: the message as a whole. */
  field: string;
  /** What goes on after the field's name: "is gone". */
  what: string;
}

/** What says nothing of which values are valid. */
const ANNOTATIONS = new Set(['title', 'description', 'examples']);
const COMPARED_ON_THEIR_OWN = new Set(['enum', 'properties', 'required', 'items', 'anyOf', 'additionalProperties']);

/**
 * How a declared schema breaks a released one of the same version. Subscribers hold messages of both: whatever a message
 * of one says must be valid by the other. So a schema may gain fields that may be left out, and codes in a list, and
 * nothing else.
 */
export function schemaBreaks(released: JsonSchema, declared: JsonSchema, field = ''): SchemaBreak[] {
  return [
    ...ruleBreaks(released, declared, field),
    ...codeBreaks(released, declared, field),
    ...objectBreaks(released, declared, field),
    ...partBreaks(released, declared, field),
  ];
}

/** Type, bounds, pattern, format: each is as it was. */
function ruleBreaks(released: JsonSchema, declared: JsonSchema, field: string): SchemaBreak[] {
  const keywords = new Set([...Object.keys(released), ...Object.keys(declared)]);
  return [...keywords]
    .filter((keyword) => !ANNOTATIONS.has(keyword) && !COMPARED_ON_THEIR_OWN.has(keyword))
    .filter((keyword) => !isDeepStrictEqual(released[keyword], declared[keyword]))
    .map((keyword) => ({
      field,
      what: `has another ${keyword}: ${told(released[keyword])} became ${told(declared[keyword])}`,
    }));
}

function codeBreaks({ enum: released }: JsonSchema, { enum: declared }: JsonSchema, field: string): SchemaBreak[] {
  if (!Array.isArray(released) && !Array.isArray(declared)) return [];
  if (!Array.isArray(declared)) return [{ field, what: 'takes any value, and took codes of a list' }];
  if (!Array.isArray(released)) return [{ field, what: `takes only codes of a list: ${told(declared)}` }];
  return released
    .filter((code) => !declared.includes(code))
    .map((code) => ({ field, what: `does not take ${told(code)} any more` }));
}

function objectBreaks(released: JsonSchema, declared: JsonSchema, field: string): SchemaBreak[] {
  const [before, now] = [propertiesOf(released), propertiesOf(declared)];
  const [wasRequired, isRequired] = [requiredOf(released), requiredOf(declared)];
  const path = (name: string) => (field === '' ? name : `${field}.${name}`);
  const gone = Object.keys(before).filter((name) => now[name] === undefined);
  const added = Object.keys(now).filter((name) => before[name] === undefined && isRequired.has(name));
  const kept = Object.keys(before).filter((name) => now[name] !== undefined);
  return [
    ...gone.map((name) => ({ field: path(name), what: 'is gone' })),
    ...added.map((name) => ({ field: path(name), what: 'is new and required' })),
    ...kept.flatMap((name) => [
      ...(isRequired.has(name) && !wasRequired.has(name) ? [{ field: path(name), what: 'has become required' }] : []),
      ...(wasRequired.has(name) && !isRequired.has(name) ? [{ field: path(name), what: 'may be left out now' }] : []),
      ...schemaBreaks(before[name]!, now[name]!, path(name)),
    ]),
  ];
}

/** What a list or a map holds, and the forms that a value may have: a form may be added behind them, with the code that names it. */
function partBreaks(released: JsonSchema, declared: JsonSchema, field: string): SchemaBreak[] {
  const broken: SchemaBreak[] = [];
  if (isJsonObject(released.items) || isJsonObject(declared.items))
    broken.push(...schemaBreaks(schemaIn(released.items), schemaIn(declared.items), `${field}[]`));
  if (isJsonObject(released.additionalProperties) || isJsonObject(declared.additionalProperties)) {
    const [before, now] = [schemaIn(released.additionalProperties), schemaIn(declared.additionalProperties)];
    broken.push(...schemaBreaks(before, now, `${field}.*`));
  }
  const [before, now] = [formsOf(released), formsOf(declared)];
  if (before.length > now.length || (before.length === 0 && now.length > 0))
    broken.push({ field, what: `has ${now.length} forms, and had ${before.length}` });
  else broken.push(...before.flatMap((form, index) => schemaBreaks(form, now[index]!, field)));
  return broken;
}

function propertiesOf({ properties }: JsonSchema): Record<string, JsonSchema> {
  return (properties ?? {}) as Record<string, JsonSchema>;
}

function requiredOf({ required }: JsonSchema): Set<string> {
  return new Set(required as string[] | undefined);
}

function formsOf({ anyOf }: JsonSchema): JsonSchema[] {
  return (anyOf ?? []) as JsonSchema[];
}

function schemaIn(value: unknown): JsonSchema {
  return isJsonObject(value) ? value : {};
}

function told(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}
