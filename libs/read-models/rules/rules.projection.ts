import { STATE_TOPICS } from '#contracts/states.js';
import type { Projection } from '#processing/projection.js';
import { RulesVersion } from './rules.table.js';

export const rulesVersions: Projection<RulesVersion> = {
  name: 'rules',
  version: 1,
  table: RulesVersion,
  states: {
    topics: STATE_TOPICS,
    // What a ledger comes to is another thing by other rules, for everybody.
    changed: (before, after) => ((after ?? before)!.name === 'loyalty' ? STATE_TOPICS.map((topic) => ({ topic })) : []),
  },
  key: (event) => (event.type === 'RulesPublished' ? `${event.data.name}:${event.data.version}` : undefined),
  evolve: (row, event) => {
    if (event.type !== 'RulesPublished') return row;
    const { name, version } = event.data;
    const publishedAt = event.metadata.occurredAt;
    return { key: `${name}:${version}`, name, version, published: event.data, publishedAt };
  },
};
