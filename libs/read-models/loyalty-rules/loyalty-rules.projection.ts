import { areRules, type RulesPublished } from '#contracts/rules.events.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { LoyaltyRulesVersion } from './loyalty-rules.table.js';

const areLoyaltyRules = areRules('loyalty');

export const loyaltyRules: Projection<LoyaltyRulesVersion> = {
  name: 'loyalty_rules',
  version: 1,
  table: LoyaltyRulesVersion,
  key: (event) => {
    const published = publishedIn(event);
    return published && String(published.version);
  },
  evolve: (row, event) => {
    const published = publishedIn(event);
    return published ? { version: String(published.version), published } : row;
  },
};

function publishedIn(event: RecordedEvent): RulesPublished<'loyalty'> | undefined {
  return event.type === 'RulesPublished' && areLoyaltyRules(event.data) ? event.data : undefined;
}
