import { idInStream } from '#contracts/events.js';
import type { Projection } from '#processing/projection.js';
import { CustomerIdentity } from './customer-identity.table.js';

export const customerIdentity: Projection<CustomerIdentity> = {
  name: 'customer_identity',
  version: 1,
  table: CustomerIdentity,
  key: (event) => (event.type === 'ExternalIdentityClaimed' ? idInStream(event.streamId) : undefined),
  evolve: (row, event) => {
    if (event.type !== 'ExternalIdentityClaimed') return row;
    return { identityId: idInStream(event.streamId), customerId: event.data.customerId };
  },
};
