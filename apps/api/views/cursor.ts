import { InvalidFields } from '#contracts/validation.js';

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
