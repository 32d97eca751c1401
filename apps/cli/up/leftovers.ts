import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from '../process-identity.js';

/**
 * Waits until the processes of a killed supervisor are gone: they notice and stop by themselves, and until then hold
 * their ports and their stores. One that does not stop in time is killed; it would write beside its successor.
 */
export async function awaitLeftovers(
  leftovers: readonly ProcessIdentity[],
  notice: (line: string) => void,
  patience = 20_000,
): Promise<void> {
  const end = performance.now() + patience;
  const alive = () => leftovers.filter(isAlive);
  if (alive().length > 0) notice('Waiting for the processes of an earlier run to stop.');
  while (alive().length > 0 && performance.now() < end) await delay(50);
  for (const { pid } of alive()) process.kill(pid, 'SIGKILL');
  while (alive().length > 0) await delay(20);
}
