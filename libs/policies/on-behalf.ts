import type { CommandMeta } from '#commands/command-meta.js';
import type { Recorded } from '#contracts/envelope.js';
import { derivedId } from '#contracts/ids.js';

/** What goes with the command by which a policy finishes what somebody did: it names them, and the event, as its own did. */
export function onBehalf(policy: string, { eventId, metadata }: Pick<Recorded, 'eventId' | 'metadata'>): CommandMeta {
  const { actor, occurredAt, reason, correlationId } = metadata;
  return {
    commandId: derivedId('policy', policy, eventId),
    actor,
    occurredAt,
    reason,
    correlationId,
    causationId: eventId,
    decidedBy: { policy },
  };
}
