import type { EventType } from '#contracts/events.js';
import { personalFieldsOf } from '#contracts/published-fields.js';
import { CUSTOMER_360_TOPIC, LOYALTY_LEVEL_TOPIC } from '#contracts/topics.js';
import type { Projection } from '#processing/projection.js';
import { CustomerListed, customerListIndexes } from '../customer-list/customer-list.table.js';
import { listRowOf } from '../customer-list/list-row.js';
import { bought } from './bought.js';
import { complaints } from './complaints.js';
import { content } from './content.js';
import { Customer360 } from './customer-360.table.js';
import { PERSONAL_TIMES, withoutPersonalData } from './personal.js';
import { type Changes, type Occasion, occasionOf } from './row-change.js';
import { stands } from './stands.js';
import { touchPoints } from './touch-points.js';
import { wants } from './wants.js';
import { who } from './who.js';

/** The types of events of whose personal data a row tells; of others it tells none. */
export const typesOfPersons = [
  'ProspectIdentified',
  'CustomerAcquired',
  'ProfileUpdated',
  'ContactPointAdded',
  'NeedRecorded',
  'PromiseMade',
] as const satisfies EventType[];

/** Everything that is known about a customer, one row each; what a concept makes of an event stands in its own file. */
export const customer360: Projection<Customer360> = {
  name: 'customer_360',
  version: 2,
  table: Customer360,
  segmentedBy: 'customer',
  needs: personalFieldsOf(...typesOfPersons),
  listing: { table: CustomerListed, indexes: customerListIndexes, rowOf: listRowOf },
  states: {
    topics: [CUSTOMER_360_TOPIC, LOYALTY_LEVEL_TOPIC],
    changed: (before, after) => {
      const customerId = (after ?? before)!.customerId;
      const changed = { topic: CUSTOMER_360_TOPIC, customerId };
      // Of the loyalty level the view only decides whether there is such a customer.
      const isSame = before !== undefined && before.erasedAt === after?.erasedAt;
      return isSame ? [changed] : [changed, { topic: LOYALTY_LEVEL_TOPIC, customerId }];
    },
  },
  key: ({ type, metadata }) => (changesOf.has(type) ? metadata.customerId : undefined),
  evolve: (row, event) => {
    const changes = changesOf.get(event.type);
    if (changes === undefined) return row;
    const before = row ?? newRow(event.metadata.customerId!);
    const occasion = occasionOf(event);
    let after = before;
    for (const change of changes) after = change(after, event.data, occasion);
    if (after === before) return row;
    // A change makes a row of its own, which nobody else has yet.
    after.position = Number(event.position);
    return after;
  },
};

const erasure: Changes = {
  CustomerErased: (row, _, { at }) => {
    const times = Object.fromEntries(Object.entries(row.times).filter(([field]) => !PERSONAL_TIMES.includes(field)));
    return { ...withoutPersonalData(row), times, erasedAt: row.erasedAt ?? at };
  },
};

type AnyChange = (row: Customer360, data: object, occasion: Occasion) => Customer360;

/** What each type of event changes, concept by concept. */
const changesOf: ReadonlyMap<EventType, AnyChange[]> = collected([
  who,
  wants,
  bought,
  stands,
  content,
  complaints,
  touchPoints,
  erasure,
]);

/** The types of events that change a row. */
export const customer360Types: readonly EventType[] = [...changesOf.keys()];

function collected(concepts: Changes[]): Map<EventType, AnyChange[]> {
  const collection = new Map<EventType, AnyChange[]>();
  for (const [type, change] of concepts.flatMap((concept) => Object.entries(concept) as [EventType, AnyChange][])) {
    collection.set(type, [...(collection.get(type) ?? []), change]);
  }
  return collection;
}

function newRow(customerId: string): Customer360 {
  return {
    customerId,
    partyKind: null,
    roles: [],
    name: null,
    profile: null,
    externalIdentities: [],
    contactPoints: [],
    parties: [],
    consents: [],
    channel: null,
    origin: null,
    needs: [],
    promises: null,
    customerStage: 'prospect',
    qualification: null,
    acquiredAt: null,
    retainedAt: null,
    churnedAt: null,
    wonBackAt: null,
    announcedLoyaltyLevel: null,
    churnRisk: null,
    relationshipLevel: null,
    potential: null,
    owner: null,
    offers: [],
    purchases: 0,
    totals: {},
    firstPurchaseAt: null,
    lastPurchaseAt: null,
    kept: null,
    lastPurchases: [],
    complaints: 0,
    openComplaints: [],
    settledComplaints: [],
    satisfaction: null,
    interactions: 0,
    touchPoints: null,
    erasedAt: null,
    times: {},
    position: 0,
  };
}
