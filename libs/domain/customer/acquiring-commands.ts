import type { CustomerAcquired, ExternalIdentityClaimed, ExternalIdentityLinked } from '#contracts/customer.events.js';

/** The first contact that made them a customer; once a stream. */
export type AcquireCustomer = { type: 'AcquireCustomer' } & CustomerAcquired;

/** The customer is also known by this identity. The identity has been claimed before, on its own stream. */
export type LinkExternalIdentity = { type: 'LinkExternalIdentity' } & ExternalIdentityLinked;

/** For the stream whose id the identity gives (`externalId('customer', identity)`), before it is linked. */
export type ClaimExternalIdentity = { type: 'ClaimExternalIdentity' } & ExternalIdentityClaimed;

export type AcquiringCommand = AcquireCustomer | LinkExternalIdentity | ClaimExternalIdentity;
