import type { RapportEvent } from '#contracts/events.js';
import type { Projection } from '#processing/projection.js';
import { type Happening, history } from './recorded.js';

/** A projection's spec: `given(customer360, [acquired]).thenRow({ purchases: 0 })`. Nothing given is changed. */
export function given<Row extends object>(projection: Projection<Row>, happenings: Happening<RapportEvent>[]) {
  const rows = new Map<string, Row>();
  for (const event of history(happenings)) {
    const key = projection.key(event);
    if (key === undefined) continue;
    const before = rows.get(key);
    const copy = structuredClone(before);
    const after = projection.evolve(before, event);
    expect(before).toEqual(copy);
    if (after) rows.set(key, after);
    else rows.delete(key);
  }
  return {
    /** There is one row, and it holds this. */
    thenRow(expected: Partial<Row>): void {
      expect([...rows.values()]).toEqual([expect.objectContaining(expected)]);
    },
    thenNoRow(): void {
      expect([...rows.values()]).toEqual([]);
    },
  };
}
