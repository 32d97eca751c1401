import { Count, Flag, Optional, rule, Text } from '#contracts/fields.js';
import { InvalidFields } from '#contracts/validation.js';
import type { ReadOptions } from '#read-models/view-reader.js';

const PositionText = (): PropertyDecorator =>
  rule(
    'position',
    (value) => typeof value === 'string' && /^\d{1,18}$/.test(value),
    'must be a position, as a command answers it',
    { type: 'string', pattern: '^[0-9]{1,18}$' },
  );

/** What every query of a view may ask. */
export class ReadParameters {
  /** The answer must tell everything up to it. */
  @Optional() @PositionText() position?: string;
  /** Also what policies and timers made of it. */
  @Optional() @Flag() settled?: boolean;
}

/** What every query of a list may ask. */
export class PageParameters extends ReadParameters {
  @Optional() @Count(1) limit?: number;
  /** Where the page before ended: its `next`. */
  @Optional() @Text(500) cursor?: string;
}

export function readOptionsOf({ position, settled }: ReadParameters): ReadOptions {
  return { ...(position !== undefined && { position: BigInt(position) }), settled: settled ?? false };
}

const MOST_ROWS = 200;
const USUAL_ROWS = 50;

/** @throws InvalidFields where more is asked for than a page holds. */
export function limitOf({ limit = USUAL_ROWS }: PageParameters): number {
  if (limit <= MOST_ROWS) return limit;
  throw InvalidFields.one('limit', 'limit', `must be a whole number from 1 to ${MOST_ROWS}`);
}

/** A cursor as text that says nothing to anybody else. */
export function cursorText(cursor: object | undefined): string | undefined {
  return cursor && Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** @throws InvalidFields for what is no cursor of this kind. */
export function cursorOf<Cursor>(
  text: string | undefined,
  isCursor: (value: unknown) => value is Cursor,
): Cursor | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (isCursor(value)) return value;
  } catch {
    // Told below.
  }
  throw InvalidFields.one('cursor', 'cursor', 'must be the `next` of a page of the same list');
}
