import type { CommandMeta } from '#commands/command-meta.js';
import { TransferPoints } from '#commands/handlers/loyalty.handler.js';
import type { Transfer } from '#commands/loyalty-ledgers.js';
import type { Recorded } from '#contracts/envelope.js';
import { idInStream, type RapportEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { Policy } from './policy.js';

/**
 * The points of a customer who was merged go to the survivor's ledger; when the two are two again, what is left of them
 * returns. Those of one absorbed customer go one after the other. Each part of a transfer happens once, for ever, so it
 * begins at the beginning.
 */
export const transferPoints: Policy = {
  name: 'transfer_points',
  startAt: 'beginning',
  react: (events) => {
    const byAbsorbed = new Map<string, TransferPoints['transfers']>();
    for (const event of events) {
      const found = transferOf(event);
      if (found === undefined) continue;
      const { absorbedId, transfer } = found;
      const transfers = byAbsorbed.get(absorbedId) ?? [];
      byAbsorbed.set(absorbedId, [...transfers, { transfer, meta: metaOf(transfer, event) }]);
    }
    return [...byAbsorbed.values()].map((transfers) => new TransferPoints(transfers));
  },
};

function transferOf(event: Recorded<RapportEvent>): { absorbedId: string; transfer: Transfer } | undefined {
  if (event.type === 'CustomerAbsorbed') {
    const { mergeId, survivorId, absorbedId } = event.data;
    return { absorbedId, transfer: { mergeId, fromCustomerId: absorbedId, toCustomerId: survivorId } };
  }
  // It stands on both streams; the absorbed customer's is the second.
  if (event.type === 'CustomersUnmerged' && idInStream(event.streamId) === event.data.absorbedId) {
    const { mergeId: undoes, survivorId, absorbedId } = event.data;
    const mergeId = derivedId('unmerge', undoes);
    return { absorbedId, transfer: { mergeId, fromCustomerId: survivorId, toCustomerId: absorbedId, undoes } };
  }
  return undefined;
}

function metaOf({ mergeId }: Transfer, { eventId, metadata }: Recorded<RapportEvent>): CommandMeta {
  return {
    commandId: derivedId('policy', transferPoints.name, mergeId),
    actor: { id: transferPoints.name, kind: 'policy' },
    occurredAt: metadata.occurredAt,
    correlationId: metadata.correlationId,
    causationId: eventId,
    decidedBy: { policy: transferPoints.name },
  };
}
