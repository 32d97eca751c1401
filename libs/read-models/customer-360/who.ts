import type { ExternalIdentity, ProspectIdentified } from '#contracts/customer.events.js';
import type { ConsentGranted, ContactPointAdded, ProfileUpdated } from '#contracts/profile.events.js';
import type { Customer360 } from './customer-360.table.js';
import { appended, type Changes, given, isLatest, type Occasion, withoutItems } from './row-change.js';
import type { Consent, ContactPoint, Party } from './row-parts.js';

export const MOST_CONTACT_POINTS = 50;
export const MOST_PARTIES = 100;
export const MOST_IDENTITIES = 100;
/** The fields of a profile that have fields of their own. */
const GROUPS = ['person', 'organisation', 'address'] as const;

export const who: Changes = {
  ProspectIdentified: identified,
  CustomerAcquired: identified,
  ProfileUpdated: updated,
  ExternalIdentityLinked: (row, { identity }) => {
    const externalIdentities = withIdentity(row.externalIdentities, identity);
    return externalIdentities === row.externalIdentities ? row : { ...row, externalIdentities };
  },
  ContactPointAdded: (row, data) => ({ ...row, contactPoints: withContactPoint(row.contactPoints, data) }),
  ContactPointVerified: (row, { contactPointId }) => {
    const isMeant = (point: ContactPoint) => point.contactPointId === contactPointId && !point.verified;
    if (!row.contactPoints.some(isMeant)) return row;
    const contactPoints = row.contactPoints.map((point) => (isMeant(point) ? { ...point, verified: true } : point));
    return { ...row, contactPoints };
  },
  ContactPointRemoved: (row, { contactPointId }) => {
    return withoutItems(row, 'contactPoints', (point) => point.contactPointId === contactPointId);
  },
  PartyLinked: (row, { relation, otherCustomerId }) => {
    const party = { relation, otherCustomerId };
    const others = row.parties.filter((known) => !isSameParty(known, party));
    return { ...row, parties: appended(others, party, MOST_PARTIES) };
  },
  PartyUnlinked: (row, data) => withoutItems(row, 'parties', (party) => isSameParty(party, data)),
  ConsentGranted: (row, data, occasion) => consented(row, data, true, occasion),
  ConsentWithdrawn: (row, data, occasion) => consented(row, data, false, occasion),
};

/** What an earlier contact knew stays as it was where this one leaves it out. */
function identified(row: Customer360, data: ProspectIdentified & { trigger?: string }, { at }: Occasion): Customer360 {
  const { partyKind, roles, channel, name, externalIdentity } = data;
  const { channelDetail, approach, campaignId, referredBy, intermediaryId, trigger } = data;
  const next: Customer360 = { ...row, times: { ...row.times } };
  if (isLatest(row, 'party', at)) {
    Object.assign(next, { partyKind, roles, channel });
    const origin = given({ channelDetail, approach, campaignId, referredBy, intermediaryId, trigger });
    if (Object.keys(origin).length > 0) next.origin = { ...row.origin, ...origin };
    next.times.party = at;
  }
  if (name !== undefined && isLatest(row, 'name', at)) {
    next.name = name;
    next.times.name = at;
  }
  if (externalIdentity) next.externalIdentities = withIdentity(row.externalIdentities, externalIdentity);
  return next;
}

function withIdentity(identities: ExternalIdentity[], identity: ExternalIdentity): ExternalIdentity[] {
  const isKnown = identities.some(({ system, id }) => system === identity.system && id === identity.id);
  return isKnown ? identities : appended(identities, identity, MOST_IDENTITIES);
}

/** Field by field: each holds until a later one comes, whatever the others do. */
function updated(row: Customer360, data: ProfileUpdated, { at }: Occasion): Customer360 {
  const profile: Record<string, unknown> = { ...row.profile };
  const times = { ...row.times };
  let { name } = row;
  let isChanged = false;
  const isTaken = (field: string, value: unknown): boolean => {
    if (value === undefined || value === null || !isLatest(row, field, at)) return false;
    times[field] = at;
    isChanged = true;
    return true;
  };
  if (isTaken('name', data.name)) name = data.name!;
  if (isTaken('language', data.language)) profile.language = data.language;
  for (const group of GROUPS) {
    for (const [field, value] of Object.entries(data[group] ?? {})) {
      if (isTaken(`${group}.${field}`, value)) profile[group] = { ...(profile[group] as object), [field]: value };
    }
  }
  return isChanged ? { ...row, name, profile: Object.keys(profile).length > 0 ? profile : null, times } : row;
}

function withContactPoint(points: ContactPoint[], data: ContactPointAdded): ContactPoint[] {
  const { contactPointId, medium, value, raw, label } = data;
  const preferred = data.preferred === true;
  const point = { contactPointId, medium, value: value ?? null, ...given({ raw, label }), verified: false, preferred };
  const others = points
    .filter((other) => other.contactPointId !== contactPointId)
    // One of a medium is preferred.
    .map((other) => (preferred && other.preferred && other.medium === medium ? { ...other, preferred: false } : other));
  return appended(others, point, MOST_CONTACT_POINTS);
}

function isSameParty(a: Party, b: Party): boolean {
  return a.relation === b.relation && a.otherCustomerId === b.otherCustomerId;
}

/** Of each purpose and channel the latest word holds. */
function consented(row: Customer360, data: ConsentGranted, granted: boolean, { at }: Occasion): Customer360 {
  const { purpose, channel = null, basis } = data;
  const isSame = (consent: Consent) => consent.purpose === purpose && consent.channel === channel;
  const known = row.consents.find(isSame);
  if (known && known.since > at) return row;
  const others = row.consents.filter((consent) => !isSame(consent));
  return { ...row, consents: [...others, { purpose, channel, granted, basis, since: at }] };
}
