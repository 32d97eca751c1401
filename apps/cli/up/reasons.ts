import { createClient } from '#platform/database/pool.js';
import { processorStates } from '#processing/worker-status.js';

const QUIET_STATES = new Set(['running', 'standby', 'opening']);

/** What the processors that cannot work say of it, a line each; none where the database does not answer. */
export async function whyNotRunning(databaseUrl: string): Promise<string[]> {
  const client = createClient(databaseUrl);
  // Lost between two queries: the next one fails.
  client.on('error', () => {});
  try {
    await client.connect();
    const states = await processorStates(client);
    return [...states].filter(([, state]) => !QUIET_STATES.has(state)).map(([name, state]) => `${name}: ${state}`);
  } catch {
    // Health has said so already.
    return [];
  } finally {
    await client.end().catch(() => {});
  }
}
