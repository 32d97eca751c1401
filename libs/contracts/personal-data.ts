import { nestedFieldsOf } from './fields.js';

const marked = new Map<object, Set<string>>();

/**
 * Marks a field of an event as personal data: it is stored as ciphertext under a key of the person's own, and left
 * out of every topic unless configuration lets it in.
 */
export function PersonalData(): PropertyDecorator {
  return (prototype, field) => {
    const fields = marked.get(prototype) ?? new Set<string>();
    marked.set(prototype, fields.add(String(field)));
  };
}

/**
 * The paths of the marked fields of a class, those of its parents and of its nested objects included:
 * `name`, `person.fullName`. In lists of objects nothing can be marked.
 */
export function personalPathsOf(type: new () => object): string[] {
  const paths: string[] = [];
  for (let at: object | null = type.prototype; at !== null; at = Object.getPrototypeOf(at)) {
    for (const field of marked.get(at) ?? []) paths.push(field);
  }
  for (const [field, nested] of nestedFieldsOf(type)) {
    if (nested.variants !== undefined) continue;
    const within = personalPathsOf(nested.type({}));
    if (nested.list && within.length > 0)
      throw new Error(`${type.name}.${field} is a list: nothing in it can be marked.`);
    for (const path of within) paths.push(`${field}.${path}`);
  }
  return paths;
}
