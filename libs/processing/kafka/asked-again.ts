import { setTimeout as sleep } from 'node:timers/promises';

const ATTEMPTS = 50;
const PAUSE_MS = 100;

/**
 * Asks about topics that were just made: brokers may not know of them yet, or that they lead them, and kafkajs does not
 * ask again.
 */
export async function askedAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if ((error as { retriable?: boolean }).retriable !== true || attempt === ATTEMPTS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
