import { withoutPersonalFields } from '#apps/api/auth/personal-data.js';
import type { Recorded } from '#contracts/envelope.js';
import type { EventStore } from '#event-store/event-store.js';
import { openSystem, withStore } from '../connected.js';
import type { Context } from '../context.js';

/** The history as somebody may see it. */
export interface Opened {
  store: EventStore;
  /** An event as it may be shown. */
  shown(event: Recorded): Recorded;
}

/**
 * Opens the history for one piece of work. Without personal data it takes the event store alone: neither keys nor
 * the database are touched, so nothing personal can slip through.
 */
export async function withHistory<T>(
  context: Context,
  personalData: boolean,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  if (!personalData) return withStore(context, (store) => work({ store, shown: withoutPersonalFields }));
  const { store, close } = await openSystem(context);
  try {
    return await work({ store, shown: (event) => event });
  } finally {
    await close();
  }
}
