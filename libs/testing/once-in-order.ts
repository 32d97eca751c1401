import type { PublishedEvent } from './published-events.js';

/**
 * What is wrong with what a subscriber found: nothing, when each event is there once and those of a key in order.
 * @param appended the ids of each key's events, in order.
 */
export function wrongAbout(
  published: readonly PublishedEvent[],
  appended: ReadonlyMap<string, readonly string[]>,
): string[] {
  const found = new Map<string, string[]>();
  for (const { key, id } of published) {
    const ids = found.get(key);
    if (ids) ids.push(id);
    else found.set(key, [id]);
  }
  const unknown = [...found.keys()].filter((key) => !appended.has(key)).map((key) => `${key} was never appended to`);
  return [...appended].reduce((wrong, [key, ids]) => {
    const mine = found.get(key) ?? [];
    const first = ids.findIndex((id, index) => mine[index] !== id);
    if (mine.length !== ids.length) wrong.push(`${key} has ${mine.length} events instead of ${ids.length}`);
    if (first !== -1) wrong.push(`${key} differs from event ${first} on`);
    return wrong;
  }, unknown);
}
