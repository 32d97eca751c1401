import type { ProspectIdentified } from '#contracts/customer.events.js';
import type { ContactPointAdded, ProfileUpdated } from '#contracts/profile.events.js';
import { personalFieldsOf } from '#contracts/published-fields.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { blockingKeys } from './blocking-keys.js';
import type { Identifying } from './comparable.js';
import { MatchKeys } from './match-keys.table.js';

/** A customer who lists more than these is a switchboard. */
const MOST_CONTACTS = 20;

/** What customers are recognised by. Who is erased has no row, and so has nobody whose key was destroyed. */
export const matchKeys: Projection<MatchKeys> = {
  name: 'match_keys',
  version: 1,
  table: MatchKeys,
  segmentedBy: 'customer',
  needs: [...personalFieldsOf('ProspectIdentified', 'CustomerAcquired', 'ProfileUpdated'), 'ContactPointAdded.value'],
  key: (event) => (isIdentifying(event) ? event.metadata.customerId : undefined),
  evolve: (row, event) => (isIdentifying(event) ? change(row, event) : row),
};

const TYPES = [
  'ProspectIdentified',
  'CustomerAcquired',
  'ProfileUpdated',
  'ContactPointAdded',
  'ContactPointRemoved',
  'DuplicateDismissed',
  'CustomerErased',
] as const;
type IdentifyingEvent = Extract<RecordedEvent, { type: (typeof TYPES)[number] }>;

function isIdentifying(event: RecordedEvent): event is IdentifyingEvent {
  return (TYPES as readonly string[]).includes(event.type);
}

function change(row: MatchKeys | undefined, event: IdentifyingEvent): MatchKeys | undefined {
  const before = row ?? newRow(event.metadata.customerId!);
  switch (event.type) {
    case 'ProspectIdentified':
    case 'CustomerAcquired':
      return begun(before, event.data);
    case 'ProfileUpdated':
      return withKeys({ ...before, identifying: updated(before.identifying, event.data) });
    case 'ContactPointAdded':
      return withContact(before, event.data);
    case 'ContactPointRemoved': {
      const { contactPointId } = event.data;
      return withKeys({
        ...before,
        contacts: before.contacts.filter((known) => known.contactPointId !== contactPointId),
      });
    }
    case 'DuplicateDismissed':
      return { ...before, dismissed: [...before.dismissed, event.data.otherCustomerId] };
    case 'CustomerErased':
      return undefined;
  }
}

function newRow(customerId: string): MatchKeys {
  return {
    customerId,
    partyKind: null,
    identifying: { emails: [], phones: [] },
    contacts: [],
    keys: [],
    dismissed: [],
  };
}

/** What a prospect's stream knew already stays as it was where the acquisition leaves it out. */
function begun(row: MatchKeys, { partyKind, name }: ProspectIdentified): MatchKeys {
  return withKeys({ ...row, partyKind, identifying: { ...row.identifying, ...given({ fullName: name }) } });
}

function updated(known: Identifying, { name, person, organisation, address }: ProfileUpdated): Identifying {
  const { givenName, familyName, birthDate } = person ?? {};
  const { region, city, postalCode, lines: addressLines } = address ?? {};
  const fullName = person?.fullName ?? organisation?.legalName ?? name;
  const taxId = organisation?.taxId;
  return {
    ...known,
    ...given({ givenName, familyName, fullName, birthDate, taxId, region, city, postalCode, addressLines }),
  };
}

function withContact(row: MatchKeys, { contactPointId, medium, value }: ContactPointAdded): MatchKeys {
  if ((medium !== 'email' && medium !== 'phone') || value === undefined) return row;
  const others = row.contacts.filter((known) => known.contactPointId !== contactPointId);
  return withKeys({ ...row, contacts: [...others, { contactPointId, medium, value }].slice(-MOST_CONTACTS) });
}

function withKeys(row: MatchKeys): MatchKeys {
  const of = (wanted: string) => row.contacts.flatMap(({ medium, value }) => (medium === wanted ? value : []));
  const identifying = { ...row.identifying, emails: of('email'), phones: of('phone') };
  return { ...row, identifying, keys: blockingKeys(identifying) };
}

/** Only what is there: a field that a source leaves out stays as it was. */
function given<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as Partial<Fields>;
}
