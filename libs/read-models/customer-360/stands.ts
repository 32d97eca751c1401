import type { CustomerStage } from '#contracts/codes.js';
import type { Customer360 } from './customer-360.table.js';
import { appended, type Changes, given, withLatest, withoutItems } from './row-change.js';

export const MOST_OFFERS = 20;

export const stands: Changes = {
  ProspectQualified: (row, { basis }, { at }) => {
    const qualification = { qualified: true, ...given({ why: basis }), since: at };
    return withLatest(row, 'qualification', at, { qualification });
  },
  ProspectDisqualified: (row, { reason }, { at }) => {
    return withLatest(row, 'qualification', at, { qualification: { qualified: false, why: reason, since: at } });
  },
  CustomerAcquired: (row, _, { at }) => staged({ ...row, acquiredAt: row.acquiredAt ?? at }),
  ChurnRiskAssessed: (row, data, { at }) => {
    return staged(withLatest(row, 'churnRisk', at, { churnRisk: { ...data, assessedAt: at } }));
  },
  // Whoever stayed, left or came back is not at risk until that is assessed anew.
  CustomerRetained: (row, _, { at }) => {
    return staged(
      withLatest(withLatest(row, 'retained', at, { retainedAt: at }), 'churnRisk', at, { churnRisk: null }),
    );
  },
  CustomerChurned: (row, _, { at }) => {
    return staged(withLatest(withLatest(row, 'churned', at, { churnedAt: at }), 'churnRisk', at, { churnRisk: null }));
  },
  CustomerWonBack: (row, _, { at }) => {
    return staged(withLatest(withLatest(row, 'wonBack', at, { wonBackAt: at }), 'churnRisk', at, { churnRisk: null }));
  },
  LoyaltyLevelUpgraded: announced,
  LoyaltyLevelRenewed: announced,
  LoyaltyLevelDowngraded: announced,
  LoyaltyLevelSet: (row, { loyaltyLevel }) => announced(row, { to: loyaltyLevel }),
  RelationshipLevelAssigned: (row, { to }, { at }) => {
    return withLatest(row, 'relationshipLevel', at, { relationshipLevel: to });
  },
  PotentialAssessed: (row, { band, basis }, { at }) => {
    return withLatest(row, 'potential', at, { potential: { band, ...given({ basis }), assessedAt: at } });
  },
  OwnerAssigned: (row, { ownerId }, { at }) => withLatest(row, 'owner', at, { owner: { ownerId, since: at } }),
  RetentionOfferMade: (row, { offerId, terms, treatment, cost, currency, expiresAt }, { at }) => {
    const offer = { offerId, terms, treatment, ...given({ cost, currency }), expiresAt, madeAt: at };
    return { ...row, offers: appended(row.offers, offer, MOST_OFFERS) };
  },
  RetentionOfferAccepted: withoutOffer,
  RetentionOfferDeclined: withoutOffer,
};

/** In the order in which they were recorded: each announces the present of its time. */
function announced(row: Customer360, { to }: { to: string }): Customer360 {
  return row.announcedLoyaltyLevel === to ? row : { ...row, announcedLoyaltyLevel: to };
}

function withoutOffer(row: Customer360, { offerId }: { offerId: string }): Customer360 {
  return withoutItems(row, 'offers', (offer) => offer.offerId === offerId);
}

function staged(row: Customer360): Customer360 {
  const customerStage = stageOf(row);
  return customerStage === row.customerStage ? row : { ...row, customerStage };
}

/**
 * Derived from what happened last: churned until won back; at risk while the risk is not low; won back until retained
 * again. Whoever was never acquired is a prospect, whatever else is known.
 */
export function stageOf({ acquiredAt, churnedAt, wonBackAt, retainedAt, churnRisk }: Customer360): CustomerStage {
  if (acquiredAt === null) return 'prospect';
  if (churnedAt !== null && (wonBackAt === null || churnedAt > wonBackAt)) return 'churned';
  if (churnRisk !== null && churnRisk.band !== 'low') return 'atRisk';
  if (wonBackAt !== null && (retainedAt === null || retainedAt < wonBackAt)) return 'wonBack';
  return 'active';
}
