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

/** The names of the marked fields of a class, those of its parents included. */
export function personalFieldsOf(type: { prototype: object }): ReadonlySet<string> {
  const fields = new Set<string>();
  for (let at: object | null = type.prototype; at !== null; at = Object.getPrototypeOf(at)) {
    for (const field of marked.get(at) ?? []) fields.add(field);
  }
  return fields;
}
