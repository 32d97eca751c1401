import { combinedPurchases } from '../purchase-rhythm/kept-purchases.js';
import { LAST_PURCHASES } from './bought.js';
import { combinedSatisfaction } from './combine-satisfaction.js';
import {
  cut,
  distinct,
  earliest,
  filled,
  first,
  latest,
  newest,
  newestFirst,
  oldestFirst,
  sum,
  sums,
} from './combining.js';
import { MOST_OPEN as MOST_OPEN_COMPLAINTS, MOST_SETTLED } from './complaints.js';
import type { Customer360 } from './customer-360.table.js';
import {
  type Consent,
  type Profile,
  type Promises,
  type PurchaseTotals,
  type TouchPoint,
  type TouchPoints,
} from './row-parts.js';
import { MOST_OFFERS, stageOf } from './stands.js';
import { LATEST } from './touch-points.js';
import { MOST_OPEN as MOST_OPEN_WANTS } from './wants.js';
import { MOST_CONTACT_POINTS, MOST_IDENTITIES, MOST_PARTIES } from './who.js';

/** How each field of the combined row follows from the members' rows. A field that is new must say so here. */
type Combination = { [Field in keyof Customer360]: (rows: Customer360[]) => Customer360[Field] };

/**
 * The survivor's 360° row out of the rows of all whom it stands for: what says who they are is the survivor's, with gaps
 * filled from the others; what they did adds up. A pure function of the members' rows, whatever the order of the others.
 */
export function combine360(survivor: Customer360, absorbed: readonly Customer360[]): Customer360 {
  if (absorbed.length === 0) return survivor;
  const others = [...absorbed].sort((a, b) => (a.customerId < b.customerId ? -1 : 1));
  const rows = [survivor, ...others];
  const fields = Object.entries(combination).map(([field, combined]) => [field, combined(rows)]);
  const row = Object.fromEntries(fields) as unknown as Customer360;
  return { ...row, customerStage: stageOf(row) };
}

const combination: Combination = {
  customerId: (rows) => rows[0]!.customerId,
  partyKind: (rows) => first(rows, 'partyKind'),
  roles: (rows) => distinct(rows.flatMap(({ roles }) => roles)),
  name: (rows) => first(rows, 'name'),
  profile: (rows) => profileOf(rows.map(({ profile }) => profile)),
  externalIdentities: (rows) =>
    distinct(rows.flatMap(({ externalIdentities }) => externalIdentities)).slice(0, MOST_IDENTITIES),
  contactPoints: (rows) => rows.flatMap(({ contactPoints }) => contactPoints).slice(0, MOST_CONTACT_POINTS),
  parties: (rows) => distinct(rows.flatMap(({ parties }) => parties)).slice(0, MOST_PARTIES),
  consents: (rows) => consentsOf(rows.flatMap(({ consents }) => consents)),
  channel: (rows) => first(rows, 'channel'),
  origin: (rows) => first(rows, 'origin'),
  needs: (rows) =>
    cut(
      oldestFirst(
        rows.flatMap(({ needs }) => needs),
        'since',
      ),
      MOST_OPEN_WANTS,
    ),
  promises: (rows) => promisesOf(rows.flatMap(({ promises }) => promises ?? [])),
  // Follows from the other fields, once they are combined.
  customerStage: (rows) => rows[0]!.customerStage,
  qualification: (rows) => newest(rows, 'qualification', 'since'),
  acquiredAt: (rows) => earliest(rows, 'acquiredAt'),
  retainedAt: (rows) => latest(rows, 'retainedAt'),
  churnedAt: (rows) => latest(rows, 'churnedAt'),
  wonBackAt: (rows) => latest(rows, 'wonBackAt'),
  announcedLoyaltyLevel: (rows) => first(rows, 'announcedLoyaltyLevel'),
  churnRisk: (rows) => lastSaid(rows).churnRisk,
  relationshipLevel: (rows) => first(rows, 'relationshipLevel'),
  potential: (rows) => first(rows, 'potential'),
  owner: (rows) => first(rows, 'owner'),
  offers: (rows) =>
    cut(
      oldestFirst(
        rows.flatMap(({ offers }) => offers),
        'madeAt',
      ),
      MOST_OFFERS,
    ),
  purchases: (rows) => sum(rows, 'purchases'),
  totals: (rows) => byCurrency(rows.flatMap(({ totals }) => Object.entries(totals))),
  firstPurchaseAt: (rows) => earliest(rows, 'firstPurchaseAt'),
  lastPurchaseAt: (rows) => latest(rows, 'lastPurchaseAt'),
  kept: (rows) => combinedPurchases(rows.flatMap(({ kept }) => kept ?? [])),
  lastPurchases: (rows) =>
    newestFirst(
      rows.flatMap(({ lastPurchases }) => lastPurchases),
      'occurredAt',
    ).slice(0, LAST_PURCHASES),
  complaints: (rows) => sum(rows, 'complaints'),
  openComplaints: (rows) =>
    cut(
      oldestFirst(
        rows.flatMap(({ openComplaints }) => openComplaints),
        'occurredAt',
      ),
      MOST_OPEN_COMPLAINTS,
    ),
  settledComplaints: (rows) =>
    cut(
      oldestFirst(
        rows.flatMap(({ settledComplaints }) => settledComplaints),
        'occurredAt',
      ),
      MOST_SETTLED,
    ),
  satisfaction: (rows) => combinedSatisfaction(rows.flatMap(({ satisfaction }) => satisfaction ?? [])),
  interactions: (rows) => sum(rows, 'interactions'),
  touchPoints: (rows) => touchPointsOf(rows.flatMap(({ touchPoints }) => touchPoints ?? [])),
  erasedAt: (rows) => rows[0]!.erasedAt,
  times: (rows) => timesOf(rows),
  position: (rows) => Math.max(...rows.map(({ position }) => position)),
};

/** Field by field, but an address is one: the street of one customer is not in the city of another. */
function profileOf(profiles: (Profile | null)[]): Profile | null {
  const known = profiles.filter((profile) => profile !== null);
  if (known.length === 0) return null;
  const [person, organisation] = [filled(known, 'person'), filled(known, 'organisation')];
  const address = known.find((profile) => profile.address !== undefined)?.address;
  const language = known.find((profile) => profile.language !== undefined)?.language;
  return {
    ...(person && { person }),
    ...(organisation && { organisation }),
    ...(address && { address }),
    ...(language && { language }),
  };
}

/** Of each purpose and channel the latest word holds; of two at once the one that takes it back. */
function consentsOf(all: Consent[]): Consent[] {
  const latestOf = new Map<string, Consent>();
  for (const consent of all) {
    const key = `${consent.purpose} ${consent.channel ?? ''}`;
    const known = latestOf.get(key);
    const isLater = known === undefined || consent.since > known.since;
    if (isLater || (consent.since === known.since && !consent.granted)) latestOf.set(key, consent);
  }
  return [...latestOf.values()];
}

function promisesOf(all: Promises[]): Promises | null {
  if (all.length === 0) return null;
  const open = cut(
    oldestFirst(
      all.flatMap((promises) => promises.open),
      'madeAt',
    ),
    MOST_OPEN_WANTS,
  );
  const count = (how: 'kept' | 'exceeded' | 'broken') => all.reduce((total, promises) => total + promises[how], 0);
  return { open, kept: count('kept'), exceeded: count('exceeded'), broken: count('broken') };
}

/** The row of the last word about the risk, which may have been that there is none any more. */
function lastSaid(rows: Customer360[]): Customer360 {
  const saidAt = ({ times }: Customer360) => times.churnRisk ?? '';
  return rows.reduce((last, row) => (saidAt(row) > saidAt(last) ? row : last));
}

function byCurrency(all: [currency: string, totals: PurchaseTotals][]): Record<string, PurchaseTotals> {
  const combined: Record<string, PurchaseTotals> = {};
  for (const [currency, totals] of all) combined[currency] = sums(combined[currency], totals);
  return combined;
}

function touchPointsOf(all: TouchPoints[]): TouchPoints | null {
  if (all.length === 0) return null;
  const byPhase: Record<string, TouchPoint[]> = {};
  for (const [phase, points] of all.flatMap((each) => Object.entries(each))) {
    byPhase[phase] = newestFirst([...(byPhase[phase] ?? []), ...points], 'startedAt').slice(0, LATEST);
  }
  return byPhase;
}

function timesOf(rows: Customer360[]): Record<string, string> {
  const times: Record<string, string> = {};
  for (const [field, at] of rows.flatMap((row) => Object.entries(row.times))) {
    if (times[field] === undefined || at > times[field]) times[field] = at;
  }
  return times;
}
