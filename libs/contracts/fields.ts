// The decorators below record design types.
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  buildMessage,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsUUID,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';

/** The largest amount, count or number of points: what a JSON number holds exactly. */
const LARGEST = Number.MAX_SAFE_INTEGER;

/** Several field rules under one name, so that an event declaration reads as a list of fields. */
function all(...rules: PropertyDecorator[]): PropertyDecorator {
  return (prototype, field) => {
    for (const rule of rules) rule(prototype, field);
  };
}

/** Left out when the source does not know it. `null` counts as left out. */
export const Optional = (): PropertyDecorator => IsOptional();

/**
 * Text of 1 to `longest` characters, kept exactly as given. NUL and lone surrogates are refused: PostgreSQL stores
 * neither, so an event that carried one would be poison for every projection.
 */
export function Text(longest = 500): PropertyDecorator {
  return ValidateBy({
    name: 'text',
    validator: {
      validate: (value) =>
        typeof value === 'string' &&
        value.length > 0 &&
        value.length <= longest &&
        !value.includes('\0') &&
        value.isWellFormed(),
      defaultMessage: buildMessage(
        (each) => `${each}$property must be text of 1 to ${longest} characters without NUL or lone surrogates`,
      ),
    },
  });
}

/** A UUID of any version, in lower case: ids are compared and hashed as text. */
export const Id = (): PropertyDecorator =>
  all(IsUUID('all'), Matches(/^[^A-F]*$/, { message: '$property must be a UUID in lower case' }));

/** One code of a list. */
export const Code = (codes: readonly string[]): PropertyDecorator =>
  IsIn(codes, { message: `$property must be one of: ${codes.join(', ')}` });

/** A list of codes without repetition of meaning; at least one. */
export const Codes = (codes: readonly string[]): PropertyDecorator =>
  all(
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(codes.length),
    IsIn(codes, { each: true, message: `each of $property must be one of: ${codes.join(', ')}` }),
  );

const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/;

/** Whether the text is an RFC 3339 instant in UTC (`Z`) that exists in the calendar. */
export function isInstant(value: unknown): value is string {
  return typeof value === 'string' && INSTANT.test(value) && isBusinessDay(value.slice(0, 10));
}

/** Whether the text is a day `YYYY-MM-DD` that exists in the calendar. */
export function isBusinessDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/** An instant, RFC 3339 in UTC. */
export const Instant = (): PropertyDecorator =>
  ValidateBy({
    name: 'instant',
    validator: {
      validate: isInstant,
      defaultMessage: () => '$property must be an RFC 3339 instant in UTC, as 2026-01-31T08:15:00Z',
    },
  });

/** A calendar day, `YYYY-MM-DD`. */
export const BusinessDay = (): PropertyDecorator =>
  ValidateBy({
    name: 'businessDay',
    validator: { validate: isBusinessDay, defaultMessage: () => '$property must be a day, as 2026-01-31' },
  });

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

/** An ISO 4217 code. */
export const Currency = (): PropertyDecorator =>
  ValidateBy({
    name: 'currency',
    validator: {
      validate: (value) => typeof value === 'string' && CURRENCIES.has(value),
      defaultMessage: () => '$property must be an ISO 4217 currency code, as USD',
    },
  });

/** An amount in minor units (cents), zero or more. */
export const Amount = (): PropertyDecorator => all(IsInt(), Min(0), Max(LARGEST));

/** A whole number of at least `least`. */
export const Count = (least = 0): PropertyDecorator => all(IsInt(), Min(least), Max(LARGEST));

/** A number within bounds, both included. */
export const NumberBetween = (least: number, most: number): PropertyDecorator => all(IsNumber(), Min(least), Max(most));

export const Flag = (): PropertyDecorator => IsBoolean();

/** A decimal number as text with up to 6 decimals: what a unit price needs and a JSON number cannot hold exactly. */
export const Decimal = (): PropertyDecorator =>
  Matches(/^\d{1,15}(\.\d{1,6})?$/, { message: '$property must be a decimal number as text, as "12.50"' });

/** A nested object. */
export const Nested = (type: () => new () => object): PropertyDecorator =>
  all(IsObject(), ValidateNested(), Type(type));

/** A list of `least` to `most` nested objects. */
export const ListOf = (type: () => new () => object, { least = 1, most = 1000 } = {}): PropertyDecorator =>
  all(IsArray(), ArrayMinSize(least), ArrayMaxSize(most), ValidateNested({ each: true }), Type(type));

/** A list of 1 to `most` texts. */
export function Texts(longest = 500, most = 100): PropertyDecorator {
  return all(
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(most),
    ValidateBy(
      {
        name: 'text',
        validator: {
          validate: (value) =>
            typeof value === 'string' &&
            value.length > 0 &&
            value.length <= longest &&
            !value.includes('\0') &&
            value.isWellFormed(),
          defaultMessage: () =>
            `each of $property must be text of 1 to ${longest} characters without NUL or lone surrogates`,
        },
      },
      { each: true },
    ),
  );
}
