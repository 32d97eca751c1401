import type { Pool } from 'pg';
import type { EventStore } from '#event-store/event-store.js';
import { isServerAway } from '#platform/server-away.js';
import { processorStates } from '#processing/worker-status.js';

/** What one part says: `up`, or why not. */
type PartState = 'up' | string;

export interface ReadinessReport {
  ready: boolean;
  eventStore: PartState;
  database: PartState;
  /** Every processor that a worker tells of. */
  processors: Record<string, string>;
}

/** Of the report, which is the answer whether it is ready or not. */
export const readinessSchema = {
  type: 'object',
  properties: {
    ready: { type: 'boolean' },
    eventStore: { type: 'string' },
    database: { type: 'string' },
    processors: { type: 'object', additionalProperties: { type: 'string' } },
  },
  required: ['ready', 'eventStore', 'database', 'processors'],
};

const ANSWER_MS = 2_000;

/** Whether requests can be served: both servers answer, and every processor runs somewhere. */
export class Readiness {
  constructor(
    private readonly store: EventStore,
    private readonly pool: Pool,
    private readonly expected: string[],
  ) {}

  async report(): Promise<ReadinessReport> {
    const [eventStore, processors] = await Promise.all([settle(this.store.end()), settle(processorStates(this.pool))]);
    const running = 'value' in processors ? processors.value : new Map<string, string>();
    const states = Object.fromEntries(
      this.expected.map((name) => [name, running.get(name)?.split(':')[0] ?? 'no worker runs it']),
    );
    return {
      ready: 'value' in eventStore && Object.values(states).every((state) => state === 'running'),
      eventStore: 'value' in eventStore ? 'up' : eventStore.error,
      database: 'value' in processors ? 'up' : processors.error,
      processors: states,
    };
  }
}

/** What was asked for, or why there is none, in bounded time. */
export async function settle<T>(asked: Promise<T>): Promise<{ value: T } | { error: string }> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer in ${ANSWER_MS} ms.`)), ANSWER_MS);
  });
  try {
    return { value: await Promise.race([asked, timeout]) };
  } catch (error) {
    // Anybody may ask, so addresses and messages of servers stay inside.
    return { error: isServerAway(error) ? 'cannot be reached' : 'does not answer as it should' };
  } finally {
    clearTimeout(timer);
  }
}
