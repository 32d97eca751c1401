import type { Customer360 } from '../customer-360/customer-360.table.js';
import type { Profile } from '../customer-360/row-parts.js';
import type { CustomerListed } from './customer-list.table.js';
import { digitsOf, searchableText } from './search-text.js';

/** What lists are filtered by exactly. */
export const FACETS = [
  'partyKind',
  'role',
  'customerStage',
  'loyaltyLevel',
  'relationshipLevel',
  'churnRisk',
  'potential',
  'owner',
  'industry',
  'gender',
  'country',
  'region',
] as const;
export type Facet = (typeof FACETS)[number];

/** The row of a customer in the lists: a function of its 360° row. */
export function listRowOf(row: Customer360): CustomerListed {
  const { customerId, name, profile, contactPoints, acquiredAt, lastPurchaseAt, openComplaints } = row;
  const phones = contactPoints.filter(({ medium }) => medium === 'phone');
  const [currency, totals] = mainTotals(row);
  return {
    customerId,
    name: name ?? nameIn(profile),
    facets: facetsOf(row),
    searchText: searchableText(textsOf(row)),
    phones: [...new Set(phones.flatMap(({ value, raw }) => (value ? [value, digitsOf(raw ?? value)] : [])))],
    birthDate: profile?.person?.birthDate ?? null,
    acquiredAt,
    lastPurchaseAt,
    value: totals?.value ?? 0,
    currency: currency ?? null,
    openComplaints: openComplaints.length,
  };
}

/** Of who is known by no name of their own, the one that the profile holds: in the order in which people are listed. */
function nameIn(profile: Profile | null): string | null {
  const { fullName, familyName, givenName } = profile?.person ?? {};
  const parts = [familyName, givenName].filter((part) => part !== undefined);
  return fullName ?? profile?.organisation?.legalName ?? (parts.length > 0 ? parts.join(' ') : null);
}

/** As it stands among a row's facets. */
export function facet(name: Facet, value: string): string {
  return `${name}:${value}`;
}

function facetsOf(row: Customer360): string[] {
  const { profile, potential, owner, churnRisk } = row;
  const industry = profile?.organisation?.industry;
  const values: Record<Facet, (string | null | undefined)[]> = {
    partyKind: [row.partyKind],
    role: row.roles,
    customerStage: [row.customerStage],
    loyaltyLevel: [row.announcedLoyaltyLevel],
    relationshipLevel: [row.relationshipLevel],
    churnRisk: [churnRisk?.band],
    potential: [potential?.band],
    owner: [owner?.ownerId],
    industry: [industry && `${industry.scheme}:${industry.code}`],
    gender: [profile?.person?.gender],
    country: [profile?.address?.country],
    region: [profile?.address?.region],
  };
  const facets: string[] = [];
  for (const name of FACETS) {
    for (const value of values[name]) if (value) facets.push(facet(name, value));
  }
  return facets;
}

function textsOf({ name, profile, contactPoints }: Customer360): string[] {
  const { fullName, familyName, givenName } = profile?.person ?? {};
  const emails = contactPoints.filter(({ medium }) => medium === 'email').map(({ value }) => value);
  const texts = [name, fullName, givenName, familyName, profile?.organisation?.legalName, ...emails];
  return texts.filter((text) => text !== null && text !== undefined);
}

/** Of several currencies the one with the most purchases; the first by name of those with as many. */
function mainTotals({ totals }: Customer360) {
  return Object.entries(totals).sort(([a, x], [b, y]) => y.purchases - x.purchases || (a < b ? -1 : 1))[0] ?? [];
}
