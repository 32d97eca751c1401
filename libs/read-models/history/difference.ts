import { isJsonObject } from '#contracts/fields.js';

/** One field that differs; a side on which it is missing is left out. */
export interface Difference {
  /** `owner.ownerId`, `contactPoints[ID].verified`. */
  field: string;
  from?: unknown;
  to?: unknown;
}

/** Field by field, in alphabetical order. Items of a list that have an id are compared by it, other lists as a whole. */
export function differencesOf(from: unknown, to: unknown, field = ''): Difference[] {
  if (isJsonObject(from) && isJsonObject(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return names.flatMap((name) => differencesOf(from[name], to[name], field === '' ? name : `${field}.${name}`));
  }
  const [before, after] = [byId(from), byId(to)];
  if (before && after) {
    const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
    return ids.flatMap((id) => differencesOf(before.get(id), after.get(id), `${field}[${id}]`));
  }
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  return [{ field, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
}

/** The items by the first of their fields that is called an id; undefined where they have none, or two have the same. */
function byId(list: unknown): Map<string, unknown> | undefined {
  if (!Array.isArray(list)) return undefined;
  const items = new Map<string, unknown>();
  for (const item of list) {
    const [, id] = isJsonObject(item) ? (Object.entries(item).find(([name]) => name.endsWith('Id')) ?? []) : [];
    if (typeof id !== 'string' || items.has(id)) return undefined;
    items.set(id, item);
  }
  return items;
}
