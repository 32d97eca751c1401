import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import type { EventStore } from '#event-store/event-store.js';
import { areViewsGone } from '#processing/builds/views-schema.js';
import { ensureOfStore } from '#processing/other-history.js';

const READS = ['GET', 'HEAD', 'OPTIONS'];

/** Takes nothing that would be written while the checkpoints are of another event store than the one that is connected. */
export class OwnStore {
  /** Found out once: a store is not replaced under a process that runs. */
  private isOurs = false;

  constructor(
    private readonly store: Pick<EventStore, 'existingStoreId' | 'end'>,
    private readonly pool: Pool,
  ) {}

  watch(server: FastifyInstance): void {
    server.addHook('onRequest', async ({ method }) => {
      if (this.isOurs || READS.includes(method)) return;
      try {
        await ensureOfStore(this.pool, this.store);
        this.isOurs = true;
      } catch (error) {
        // Without views there are no checkpoints of theirs; a worker makes them again.
        if (!areViewsGone(error)) throw error;
      }
    });
  }
}
