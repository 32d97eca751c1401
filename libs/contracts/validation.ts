import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';

/** One broken rule: the field's path (`lines.0.total`), the rule's name, and what to do. */
export interface InvalidField {
  field: string;
  rule: string;
  message: string;
}

/** Input that breaks the rules declared on its class. */
export class InvalidFields extends Error {
  constructor(readonly fields: InvalidField[]) {
    super(fields.map(({ message }) => message).join('; '));
    this.name = 'InvalidFields';
  }
}

/**
 * Turns plain JSON into an instance of a declared class, or refuses it.
 * @throws InvalidFields with every broken rule; a field that the class does not declare is one.
 */
export function parse<T extends object>(type: new () => T, plain: unknown): T {
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    throw new InvalidFields([{ field: '', rule: 'object', message: 'must be a JSON object' }]);
  }
  const instance = plainToInstance(type, plain);
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false });
  if (errors.length > 0) throw new InvalidFields(errors.flatMap((error) => flatten(error, '')));
  return instance;
}

function flatten(error: ValidationError, path: string): InvalidField[] {
  const field = path === '' ? error.property : `${path}.${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) =>
    rule === 'whitelistValidation' ? unknown(field) : { field, rule, message },
  );
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, field))];
}

function unknown(field: string): InvalidField {
  return { field, rule: 'unknown', message: `${field} is not a field of this: leave it out` };
}
