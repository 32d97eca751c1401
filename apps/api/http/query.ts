import { Flag, type JsonSchema, Optional, rule, schemaOf } from '#contracts/fields.js';
import { fieldsOf, parse } from '#contracts/validation.js';
import { isPointInTime, isPosition } from '#read-models/history/moment.js';
import type { ReadOptions } from '#read-models/view-reader.js';

/** The parameters of a query as they come: each once as text, or several times as a list. */
export type QueryParameters = Record<string, string | string[]>;

const POSITION = { type: 'string', pattern: '^\\d{1,18}$' };

/** A position, as a command answers it. */
export const Position = (): PropertyDecorator =>
  rule('position', isPositionText, 'must be a position, as a command answers it', POSITION);

function isPositionText(value: unknown): value is string {
  return typeof value === 'string' && isPosition(value);
}

const INSTANT = { type: 'string', format: 'date-time', pattern: 'Z$' };
const DAY = { type: 'string', format: 'date' };

/** A day, or an instant in UTC. */
export const PointInTime = (): PropertyDecorator =>
  rule('dayOrInstant', isPointInTime, 'must be a day, as 1998-06-30, or an instant in UTC', { anyOf: [DAY, INSTANT] });

/** Up to where what was recorded counts. */
export const RecordedBy = (): PropertyDecorator =>
  rule(
    'positionOrTime',
    (value) => isPositionText(value) || isPointInTime(value),
    'must be a position, a day, as 1998-06-30, or an instant in UTC',
    { anyOf: [POSITION, DAY, INSTANT] },
  );

/** How many a page may hold: a whole number from 1 to `most`. */
export const Limit = (most: number): PropertyDecorator =>
  rule(
    'limit',
    (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most,
    `must be a whole number from 1 to ${most}`,
    { type: 'integer', minimum: 1, maximum: most },
  );

/** What every query of a view may say. */
export class ReadQuery {
  /** Everything up to this position must be in the answer. */
  @Optional() @Position() position?: string;
  /** Also what policies and timers made of it. */
  @Optional() @Flag() settled?: boolean;
}

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

function asDeclared(value: string | string[], { type }: JsonSchema): unknown {
  if (type === 'array') return [value].flat();
  if (typeof value !== 'string') return value;
  if (type === 'integer' || type === 'number') return /^-?\d{1,16}(\.\d+)?$/.test(value) ? Number(value) : value;
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}

export function readOptionsOf({ position, settled }: ReadQuery): ReadOptions {
  return { position: position === undefined ? undefined : BigInt(position), settled: settled ?? false };
}
