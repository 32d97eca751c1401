import type { Projection, RecordedEvent } from '#processing/projection.js';
import { LoyaltyRulesVersion } from './loyalty-rules.table.js';

export const loyaltyRules: Projection<LoyaltyRulesVersion> = {
  name: 'loyalty_rules',
  version: 1,
  table: LoyaltyRulesVersion,
  key: (event) => versionOf(event),
  evolve: (row, event) => {
    if (event.type !== 'RulesPublished') return row;
    return { version: String(event.data.version), published: event.data };
  },
};

function versionOf(event: RecordedEvent): string | undefined {
  return event.type === 'RulesPublished' && event.data.name === 'loyalty' ? String(event.data.version) : undefined;
}
