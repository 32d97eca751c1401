// The decorators below record design types.
import 'reflect-metadata';
import { IsOptional, ValidateBy } from 'class-validator';
import { COUNTRIES } from './countries.js';
import { isUuid } from './ids.js';

/** The largest amount, count or number of points: what a JSON number holds exactly. */
const LARGEST = Number.MAX_SAFE_INTEGER;
/** Far above any purchase, and low enough that a customer's sums stay exact. */
const LARGEST_AMOUNT = 10_000_000_000_000;

/** A JSON Schema of draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const fieldSchemas = new Map<object, Map<string, JsonSchema>>();

/** The JSON Schema of a field of a class or of its parents. */
export function schemaOf(type: { prototype: object }, field: string): JsonSchema {
  for (let at: object | null = type.prototype; at !== null; at = Object.getPrototypeOf(at)) {
    const schema = fieldSchemas.get(at)?.get(field);
    if (schema) return schema;
  }
  return {};
}

/**
 * One field, one rule, one sentence: `mustBe` goes on after the field's path, as "must be …".
 * @param schema says the same as the rule to those who read the contract, as far as a schema can; left out where
 *   nobody outside sees the field.
 */
export function rule(
  name: string,
  validate: (value: unknown) => boolean,
  mustBe: string,
  schema: JsonSchema = {},
): PropertyDecorator {
  const validated = ValidateBy({ name, validator: { validate, defaultMessage: () => mustBe } });
  return (prototype, field) => {
    const known = fieldSchemas.get(prototype) ?? new Map<string, JsonSchema>();
    fieldSchemas.set(prototype, known.set(String(field), schema));
    validated(prototype, field);
  };
}

/** Left out when the source does not know it. `null` counts as left out. */
export const Optional = (): PropertyDecorator => IsOptional();

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && isLength(value, longest) && !value.includes('\0') && value.isWellFormed();
}

/** Characters are code points, as JSON Schema and PostgreSQL count them; counted only where it can matter. */
function isLength(value: string, longest: number): boolean {
  if (value.length === 0 || value.length > 2 * longest) return false;
  return value.length <= longest || [...value].length <= longest;
}

const textSchema = (longest: number): JsonSchema => ({
  type: 'string',
  minLength: 1,
  maxLength: longest,
  pattern: '^[^\\u0000]*$',
});

/**
 * Text of 1 to `longest` characters (code points), kept exactly as given. NUL and lone surrogates are refused:
 * PostgreSQL stores neither, so an event that carried one would be poison for every projection.
 */
export const Text = (longest = 500): PropertyDecorator =>
  rule(
    'text',
    (value) => isText(value, longest),
    `must be text of 1 to ${longest} characters without NUL or lone surrogates`,
    textSchema(longest),
  );

/** The name of an outside system: what stands before the colon of an address, `cdnow:07592`. */
export const SystemName = (): PropertyDecorator =>
  rule(
    'systemName',
    (value) => typeof value === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(value),
    'must be 1 to 64 of the characters A-Z a-z 0-9 . _ -',
    { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
  );

const UUID_SCHEMA = { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' };

/** A UUID of any version, in lower case: ids are compared and hashed as text. */
export const Id = (): PropertyDecorator => rule('uuid', isUuid, 'must be a UUID in lower case', UUID_SCHEMA);

/** One code of a list. */
export const Code = (codes: readonly string[]): PropertyDecorator =>
  rule('code', (value) => isCode(value, codes), `must be one of: ${codes.join(', ')}`, { type: 'string', enum: codes });

/** A list of codes, none twice; at least one. */
export const Codes = (codes: readonly string[]): PropertyDecorator =>
  rule(
    'codes',
    (value) =>
      isListOf(value, 1, codes.length, (item) => isCode(item, codes)) &&
      new Set(value as unknown[]).size === value.length,
    `must be a list of one or more of, none twice: ${codes.join(', ')}`,
    { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', enum: codes } },
  );

function isCode(value: unknown, codes: readonly string[]): boolean {
  return typeof value === 'string' && codes.includes(value);
}

function isListOf(value: unknown, least: number, most: number, isItem: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.length >= least && value.length <= most && value.every(isItem);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/;

/** Whether the text is an RFC 3339 instant in UTC (`Z`) that exists in the calendar. */
export function isInstant(value: unknown): value is string {
  return typeof value === 'string' && INSTANT.test(value) && isBusinessDay(value.slice(0, 10));
}

/** Whether the text is a day `YYYY-MM-DD` that exists in the calendar. PostgreSQL has no year 0. */
export function isBusinessDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value) || value < '0001') return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

const DAY_SCHEMA: JsonSchema = { type: 'string', format: 'date' };

/** A time of day, `HH:MM`; `24:00` is the end of the day. */
export const TimeOfDay = (): PropertyDecorator =>
  rule(
    'timeOfDay',
    (value) => typeof value === 'string' && /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(value),
    'must be a time of day, as 08:30',
    { type: 'string', pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' },
  );

/** A list of calendar days, none twice. */
export const BusinessDays = (most = 1000): PropertyDecorator =>
  rule(
    'businessDays',
    (value) => isListOf(value, 0, most, isBusinessDay) && new Set(value).size === value.length,
    `must be a list of at most ${most} days, none twice, as ["2026-01-01"]`,
    { type: 'array', maxItems: most, uniqueItems: true, items: DAY_SCHEMA },
  );

/** An instant, RFC 3339 in UTC. */
export const Instant = (): PropertyDecorator =>
  rule('instant', isInstant, 'must be an RFC 3339 instant in UTC, as 2026-01-31T08:15:00Z', {
    type: 'string',
    format: 'date-time',
    pattern: INSTANT.source,
  });

/** A calendar day, `YYYY-MM-DD`. */
export const BusinessDay = (): PropertyDecorator =>
  rule('businessDay', isBusinessDay, 'must be a day, as 2026-01-31', DAY_SCHEMA);

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
export const CURRENCY_SCHEMA: JsonSchema = { type: 'string', enum: [...CURRENCIES] };

/** An ISO 4217 code. */
export const Currency = (): PropertyDecorator =>
  rule(
    'currency',
    (value) => typeof value === 'string' && CURRENCIES.has(value),
    'must be an ISO 4217 currency code, as USD',
    CURRENCY_SCHEMA,
  );

/** An ISO 3166-1 alpha-2 code. */
export const CountryCode = (): PropertyDecorator =>
  rule(
    'country',
    (value) => typeof value === 'string' && COUNTRIES.has(value),
    'must be an ISO 3166-1 alpha-2 country code, as VN',
    { type: 'string', enum: [...COUNTRIES] },
  );

const LANGUAGE_TAG = '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*$';

/** A BCP 47 tag of language, script, region and variants in their usual case: what a schema can say too. */
export const LanguageTag = (): PropertyDecorator =>
  rule('language', isLanguageTag, 'must be a BCP 47 language tag, as vi or en-GB', {
    type: 'string',
    maxLength: 35,
    pattern: LANGUAGE_TAG,
  });

function isLanguageTag(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 35 && new RegExp(LANGUAGE_TAG).test(value);
}

/** An amount in minor units (cents), zero or more. */
export const Amount = (): PropertyDecorator =>
  rule(
    'amount',
    (value) => isWhole(value, 0) && (value as number) <= LARGEST_AMOUNT,
    `must be an amount in minor units: a whole number from 0 to ${LARGEST_AMOUNT}`,
    { type: 'integer', minimum: 0, maximum: LARGEST_AMOUNT },
  );

/** A whole number of at least `least`. */
export const Count = (least = 0): PropertyDecorator =>
  rule('count', (value) => isWhole(value, least), `must be a whole number from ${least} to ${LARGEST}`, {
    type: 'integer',
    minimum: least,
    maximum: LARGEST,
  });

/** A whole number, below zero too. */
export const WholeNumber = (): PropertyDecorator =>
  rule('wholeNumber', (value) => isWhole(value, -LARGEST), `must be a whole number from -${LARGEST} to ${LARGEST}`, {
    type: 'integer',
    minimum: -LARGEST,
    maximum: LARGEST,
  });

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

/** A number within bounds, both included. */
export const NumberBetween = (least: number, most: number): PropertyDecorator =>
  rule(
    'numberBetween',
    (value) => typeof value === 'number' && value >= least && value <= most,
    `must be a number from ${least} to ${most}`,
    { type: 'number', minimum: least, maximum: most },
  );

export const Flag = (): PropertyDecorator =>
  rule('flag', (value) => typeof value === 'boolean', 'must be true or false', { type: 'boolean' });

/** A decimal number as text with up to 6 decimals: what a unit price needs and a JSON number cannot hold exactly. */
export const Decimal = (): PropertyDecorator =>
  rule(
    'decimal',
    (value) => typeof value === 'string' && /^\d{1,15}(\.\d{1,6})?$/.test(value),
    'must be a decimal number as text, as "12.50"',
    { type: 'string', pattern: '^\\d{1,15}(\\.\\d{1,6})?$' },
  );

/** What a nested field holds. */
export interface NestedField {
  /** The class of the value, which may depend on another field of the object that holds it. */
  type: (owner: Record<string, unknown>) => new () => object;
  list: boolean;
  /** Every class that it may be, by the value of the field that decides. Left out where there is one. */
  variants?: { by: string; classes: Readonly<Record<string, new () => object>> };
}

const nestedFields = new Map<object, Map<string, NestedField>>();

/** The nested fields of a class by name, those of its parents included. */
export function nestedFieldsOf(type: { prototype: object }): ReadonlyMap<string, NestedField> {
  const known = inherited.get(type.prototype);
  if (known) return known;
  const parent: object | null = Object.getPrototypeOf(type.prototype);
  const own = nestedFields.get(type.prototype);
  const fields = new Map([...(parent === null ? [] : nestedFieldsOf({ prototype: parent })), ...(own ?? [])]);
  inherited.set(type.prototype, fields);
  return fields;
}

const inherited = new Map<object, ReadonlyMap<string, NestedField>>();

function nested(field: NestedField): PropertyDecorator {
  return (prototype, name) => {
    const known = nestedFields.get(prototype) ?? new Map<string, NestedField>();
    nestedFields.set(prototype, known.set(String(name), field));
  };
}

/** A nested object. */
export const Nested = (type: () => new () => object): PropertyDecorator =>
  both(nested({ type, list: false }), rule('object', isJsonObject, 'must be a JSON object', { type: 'object' }));

/** A nested object whose class another field of the same object decides: `document` by `name`. */
export const NestedBy = (by: string, classes: Readonly<Record<string, new () => object>>): PropertyDecorator =>
  both(
    nested({
      // An unknown name is refused by the rule of that field; then any class will do.
      type: (owner) => classes[String(owner[by])] ?? Object.values(classes)[0]!,
      list: false,
      variants: { by, classes },
    }),
    rule('object', isJsonObject, 'must be a JSON object', { type: 'object' }),
  );

/** A list of `least` to `most` nested objects. */
export const ListOf = (type: () => new () => object, { least = 1, most = 1000 } = {}): PropertyDecorator =>
  both(
    nested({ type, list: true }),
    rule(
      'list',
      (value) => isListOf(value, least, most, isJsonObject),
      `must be a list of ${least} to ${most} JSON objects`,
      { type: 'array', minItems: least, maxItems: most },
    ),
  );

function both(first: PropertyDecorator, second: PropertyDecorator): PropertyDecorator {
  return (prototype, field) => {
    first(prototype, field);
    second(prototype, field);
  };
}

/** Whether a parsed JSON value is an object: no list, no null. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list of 1 to `most` texts. */
export const Texts = (longest = 500, most = 100): PropertyDecorator =>
  rule(
    'texts',
    (value) => isListOf(value, 1, most, (item) => isText(item, longest)),
    `must be a list of 1 to ${most} texts of 1 to ${longest} characters without NUL or lone surrogates`,
    { type: 'array', minItems: 1, maxItems: most, items: textSchema(longest) },
  );
