import { InvalidFields } from '#contracts/validation.js';

/** A mapping that is wrong at one field. */
export function atField(field: string, rule: string, message: string): InvalidFields {
  return new InvalidFields([{ field, rule, message }]);
}
