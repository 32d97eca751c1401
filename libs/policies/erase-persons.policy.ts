import { DestroyPersonKeys } from '#commands/handlers/erasure.handler.js';
import type { Policy } from './policy.js';

/**
 * Whoever is erased loses the key of their personal data, and the keys of the streams whose customer they turned out to
 * be. It begins at the beginning: a backup of the keys that is restored beside a newer log loses them again.
 */
export const erasePersons: Policy = {
  name: 'erase_persons',
  startAt: 'beginning',
  react: (events) => {
    const erased: string[] = [];
    const belongings: { person: string; customerId: string }[] = [];
    for (const { type, streamId, data, metadata } of events) {
      if (type === 'CustomerErased') erased.push(metadata.subject.id);
      if (type === 'ComplaintAttributed' || type === 'InteractionAttributed') {
        belongings.push({ person: streamId, customerId: data.customerId });
      }
    }
    return erased.length + belongings.length > 0 ? [new DestroyPersonKeys(erased, belongings)] : [];
  },
};
