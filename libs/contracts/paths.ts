/** The value at a path such as `person.fullName`; undefined where it, or what holds it, is missing or null. */
export function valueAt(object: object, path: string): unknown {
  return path.split('.').reduce<unknown>((at, field) => {
    return (at as Record<string, unknown> | null | undefined)?.[field] ?? undefined;
  }, object);
}

/** A copy with another value at a path whose holders are there; without the field when the value is undefined. */
export function withValueAt<Holder extends object>(object: Holder, path: string, value: unknown): Holder {
  const [field = '', ...rest] = path.split('.');
  const fields = object as Record<string, unknown>;
  const replaced = rest.length === 0 ? value : withValueAt(fields[field] as object, rest.join('.'), value);
  const copy: Record<string, unknown> = { ...fields, [field]: replaced };
  if (replaced === undefined) delete copy[field];
  return copy as Holder;
}

/** A copy without what stands at the paths. */
export function without<Holder extends object>(object: Holder, paths: readonly string[]): Holder {
  return paths.reduce(
    (copy, path) => (valueAt(copy, path) === undefined ? copy : withValueAt(copy, path, undefined)),
    object,
  );
}
