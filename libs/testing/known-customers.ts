import type { CustomerEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { Given } from './decider-spec.js';

type CustomerGiven<Type extends CustomerEvent['type']> = Given<Extract<CustomerEvent, { type: Type }>>;

/** How a spec's customers begin. */
export const identifiedProspect: CustomerGiven<'ProspectIdentified'> = {
  type: 'ProspectIdentified',
  data: { partyKind: 'person', roles: ['serviceUser'], channel: 'advertising', name: 'Hoa Nguyễn' },
};
export const acquiredPerson: CustomerGiven<'CustomerAcquired'> = {
  type: 'CustomerAcquired',
  data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web', name: 'Hoa Nguyễn' },
};
export const acquiredOrganisation: CustomerGiven<'CustomerAcquired'> = {
  type: 'CustomerAcquired',
  data: { partyKind: 'organisation', roles: ['dealer'], channel: 'visit', name: 'Công ty Sao Mai' },
};

/** An id that a spec's caller gives. */
export function idOf(name: string): string {
  return derivedId('spec', name);
}
