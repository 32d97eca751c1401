import { ToCustomer } from '#commands/handlers/customer.handler.js';
import { INVERSE_RELATIONS } from '#contracts/codes.js';
import type { Recorded } from '#contracts/envelope.js';
import { idInStream, type RapportEvent } from '#contracts/events.js';
import { onBehalf } from './on-behalf.js';
import type { Policy } from './policy.js';

type OfParties = Recorded<RapportEvent> & Extract<RapportEvent, { type: 'PartyLinked' | 'PartyUnlinked' }>;

/**
 * How two customers are related is told in the streams of both, each from its own side: what one says of the other brings
 * about the inverse. What it brought about itself is answered by nothing. What is linked already is nothing new, so it can
 * begin at the beginning.
 */
export const relateParties: Policy = {
  name: 'relate_parties',
  startAt: 'beginning',
  react: (events) => {
    // Commands of one batch are on their way at once: only the last word of each relation is sent.
    const lastWords = new Map(events.filter(isSaid).map((event) => [relationOf(event), event]));
    return [...lastWords.values()].map((event) => {
      const { relation, otherCustomerId: customerId } = event.data;
      const inverse = { relation: INVERSE_RELATIONS[relation], otherCustomerId: idInStream(event.streamId) };
      const type = event.type === 'PartyLinked' ? 'LinkParty' : 'UnlinkParty';
      return new ToCustomer(customerId, { type, customerId, ...inverse }, onBehalf(relateParties.name, event));
    });
  },
};

function isSaid(event: Recorded<RapportEvent>): event is OfParties {
  const isOfParties = event.type === 'PartyLinked' || event.type === 'PartyUnlinked';
  return isOfParties && event.metadata.decidedBy?.policy !== relateParties.name;
}

function relationOf({ streamId, data: { relation, otherCustomerId } }: OfParties): string {
  return `${streamId} ${relation} ${otherCustomerId}`;
}
