import type { Pool } from 'pg';
import type { EventStore } from '#event-store/event-store.js';
import type { Build } from '../builds/build.js';
import { beyondEnd } from '../other-history.js';
import type { Projection } from '../projection.js';
import { ProjectionProcessor } from '../projection-processor.js';

export interface FeedParts {
  store: EventStore;
  storeId: string;
  pool: Pool;
}

/** A batch is one transaction. */
const BATCH = 4_000;

/**
 * Feeds a build as a worker does, but for as long as it is asked to and without leases: whoever held its segments before
 * finds their epochs raised.
 * @param segments which of them; all of the build where left out.
 */
export class Feed {
  private readonly processor: ProjectionProcessor<object>;
  private held: string[] = [];

  constructor(
    versions: readonly Projection<object>[],
    build: Build,
    private readonly parts: FeedParts,
    segments?: readonly number[],
  ) {
    const leases = {
      takeSome: async (names: readonly string[]) => {
        this.held = names.filter((_, segment) => segments?.includes(segment) ?? true);
        return this.held;
      },
      holds: (name: string) => this.held.includes(name),
      giveBack: async () => {},
    };
    const { pool, storeId, store } = parts;
    this.processor = new ProjectionProcessor(
      versions,
      build,
      { pool, storeId, leases, endOfStore: () => store.end() },
      true,
    );
  }

  /** Fences off whoever fed it. @returns where the last of the segments stands. */
  open(): Promise<bigint | undefined> {
    return this.processor.open();
  }

  /**
   * Takes in everything after a position, up to another, or to where the store ends now.
   * @returns how many events that were, and where it stands.
   * @throws OtherHistory when the store ends before that.
   */
  async take(after: bigint | undefined, through?: bigint): Promise<{ events: number; position: bigint | undefined }> {
    let events = 0;
    let position = after;
    for await (const batch of this.parts.store.history(after)) {
      const some = batch.events.filter((event) => through === undefined || event.position <= through);
      for (let at = 0; at < some.length; at += BATCH) {
        const taken = some.slice(at, at + BATCH);
        await this.parts.store.open(taken);
        position = taken.at(-1)!.position;
        await this.processor.process(taken, position);
        events += taken.length;
      }
      if (some.length < batch.events.length) break;
    }
    if (through !== undefined && (position === undefined || position < through)) {
      const end = await this.parts.store.end();
      if (through > (end ?? -1n)) throw beyondEnd('views', this.processor.name, through, end);
      await this.processor.process([], through);
      position = through;
    }
    return { events, position };
  }
}
