import { derivedId } from '#contracts/ids.js';
import { given } from '#testing/projection-spec.js';
import { SPEC_CUSTOMER } from '#testing/recorded.js';
import { customerIdentity } from './customer-identity.projection.js';

describe('the identities', () => {
  it('lead from the claimed id to the owner', () => {
    const identityId = derivedId('customer', 'shop', '1');
    const data = { identity: { system: 'shop', id: '1' }, customerId: SPEC_CUSTOMER };
    const claimed = { type: 'ExternalIdentityClaimed' as const, data, streamId: `customer-${identityId}` };
    given(customerIdentity, [claimed]).thenRow({ identityId, customerId: SPEC_CUSTOMER });
  });
});
