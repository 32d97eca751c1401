import type { RunningSystem } from '#apps/api/testing/running-system.js';
import { until } from '#apps/cli/up/testing/launched.js';
import { lowestCheckpoint } from '#processing/checkpoint-status.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { eventsOfStore, foldedTables, storedTables } from '#testing/folding.js';

/**
 * When every segment of the views has everything, their rows are what the events come to without batches, checkpoints,
 * take-overs and crashes.
 * @param isTaken of what view which events have a part in them
 */
export async function expectRows(
  { store, pool }: RunningSystem,
  views: readonly Projection<object>[],
  isTaken: (view: string, event: RecordedEvent) => boolean = () => true,
): Promise<void> {
  const names = views.map(({ name }) => name);
  while (true) {
    const end = (await store.end())!;
    await until(async () => ((await lowestCheckpoint(pool, names)) ?? -1n) >= end);
    const events = await eventsOfStore(store);
    const stored = await Promise.all(views.map((view) => storedTables(pool, view)));
    // Policies may have appended meanwhile, and others to what those appended.
    if ((await store.end()) !== end) continue;
    for (const [n, view] of views.entries()) {
      const taken = events.filter((event) => isTaken(view.name, event));
      expect(stored[n]).toEqual(foldedTables(view, taken));
    }
    return;
  }
}
