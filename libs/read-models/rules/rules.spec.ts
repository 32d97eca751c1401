import type { RulesPublished } from '#contracts/rules.events.js';
import { defaultLoyaltyRulesPublished } from '#domain/loyalty/rules.js';
import { defaultRelationshipRulesPublished } from '#domain/relationship/rules.js';
import { given } from '#testing/projection-spec.js';
import { SPEC_CUSTOMER } from '#testing/recorded.js';
import { rulesVersions } from './rules.projection.js';

const published = (data: RulesPublished) => ({ type: 'RulesPublished' as const, data });

describe('the rules', () => {
  it.each([defaultLoyaltyRulesPublished, defaultRelationshipRulesPublished])(
    'have a row for $name, version $version',
    (data) => {
      given(rulesVersions, [published(data)]).thenRow({
        key: `${data.name}:1`,
        name: data.name,
        version: 1,
        published: data,
      });
    },
  );
  it('have no row for anything else', () => {
    given(rulesVersions, [{ type: 'LoyaltyEnrolled', data: { customerId: SPEC_CUSTOMER } }]).thenNoRow();
  });
});
