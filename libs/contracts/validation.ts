import { getMetadataStorage, validateSync } from 'class-validator';
import { isRight } from './checks.js';
import { isJsonObject, nestedFieldsOf } from './fields.js';

/** One broken rule: the field's path (`lines.0.total`), the rule's name, and a sentence that says what to do. */
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

  /** @param what goes on after the field's path: `must be …`. */
  static one(field: string, rule: string, what: string): InvalidFields {
    return new InvalidFields([{ field, rule, message: `${field} ${what}` }]);
  }
}

/** How many broken rules are told: a document of a million wrong fields must not be answered by a larger one. */
const MOST_TOLD = 50;
const LONGEST_NAME = 100;

/**
 * Turns plain JSON into an instance of a declared class, or refuses it. A field that is `null` counts as left out.
 * @throws InvalidFields with the broken rules; a field that the class does not declare is one.
 */
export function parse<T extends object>(type: new () => T, plain: unknown): T {
  if (!isJsonObject(plain)) {
    throw new InvalidFields([{ field: '', rule: 'object', message: 'It must be a JSON object' }]);
  }
  if (isRight(type, plain)) return instanceOf(type, plain);
  const broken: InvalidField[] = [];
  const instance = build(type, plain, '', broken);
  if (broken.length > 0) throw new InvalidFields(broken.slice(0, MOST_TOLD));
  return instance;
}

/** The names of the fields that a class declares. */
export function fieldsOf(type: new () => object): ReadonlySet<string> {
  const known = fieldsByType.get(type);
  if (known) return known;
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const fields = new Set(rules.map(({ propertyName }) => propertyName));
  fieldsByType.set(type, fields);
  return fields;
}

const fieldsByType = new Map<new () => object, ReadonlySet<string>>();

/** Of what is known to be right. */
function instanceOf<T extends object>(type: new () => T, plain: Record<string, unknown>): T {
  const instance = new type() as T & Record<string, unknown>;
  const nested = nestedFieldsOf(type);
  for (const [name, value] of Object.entries(plain)) {
    if (value === null || value === undefined) continue;
    const inside = nested.get(name)?.type(plain);
    const made = (item: unknown) => (inside ? instanceOf(inside, item as Record<string, unknown>) : item);
    (instance as Record<string, unknown>)[name] = inside && Array.isArray(value) ? value.map(made) : made(value);
  }
  return instance;
}

function build<T extends object>(
  type: new () => T,
  plain: Record<string, unknown>,
  path: string,
  broken: InvalidField[],
): T {
  const known = fieldsOf(type);
  const instance = new type();
  for (const [name, value] of Object.entries(plain)) {
    if (!known.has(name)) {
      const field = path + name.slice(0, LONGEST_NAME);
      broken.push({ field, rule: 'unknown', message: `${field} is not a field of this: leave it out` });
    } else if (value !== null && value !== undefined) {
      (instance as Record<string, unknown>)[name] = value;
    }
    if (broken.length >= MOST_TOLD) return instance;
  }
  for (const { property, constraints } of validateSync(instance, { forbidUnknownValues: false })) {
    const field = path + property;
    for (const [rule, what] of Object.entries(constraints ?? {})) {
      broken.push({ field, rule, message: `${field} ${what}` });
    }
  }
  buildNested(type, instance as Record<string, unknown>, path, broken);
  return instance;
}

/** Descends into what keeps its own rule only: a list that is too long is not looked through. */
function buildNested(
  owner: new () => object,
  instance: Record<string, unknown>,
  path: string,
  broken: InvalidField[],
): void {
  const refused = new Set(broken.map(({ field }) => field));
  for (const [name, { type, list }] of nestedFieldsOf(owner)) {
    const value = instance[name];
    const field = path + name;
    if (value === undefined || refused.has(field)) continue;
    instance[name] = list
      ? (value as Record<string, unknown>[]).map((item, index) => {
          return broken.length < MOST_TOLD ? build(type(instance), item, `${field}.${index}.`, broken) : item;
        })
      : build(type(instance), value as Record<string, unknown>, `${field}.`, broken);
  }
}
