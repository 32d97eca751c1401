import { Optional, rule } from '#contracts/fields.js';
import { parse } from '#contracts/validation.js';
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

export const TrueOrFalse = (): PropertyDecorator =>
  rule('boolean', (value) => value === 'true' || value === 'false', 'must be true or false', { type: 'boolean' });

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

/** A whole number from 1 to `most`, as text. */
export const Limit = (most: number): PropertyDecorator =>
  rule(
    'limit',
    (value) => typeof value === 'string' && /^[1-9]\d{0,5}$/.test(value) && Number(value) <= most,
    `must be a whole number from 1 to ${most}`,
    { type: 'integer', minimum: 1, maximum: most },
  );

/** What every query of a view may say. */
export class ReadQuery {
  /** Everything up to this position must be in the answer. */
  @Optional() @Position() position?: string;
  /** Also what the policies made of it. */
  @Optional() @TrueOrFalse() settled?: string;
}

/** @throws InvalidFields for what the class does not declare, or otherwise. */
export function parseQuery<Query extends object>(type: new () => Query, parameters: QueryParameters): Query {
  return parse(type, parameters);
}

export function readOptionsOf({ position, settled }: ReadQuery): ReadOptions {
  return { position: position === undefined ? undefined : BigInt(position), settled: settled === 'true' };
}
