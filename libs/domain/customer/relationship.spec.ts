import type { CustomerEvent } from '#contracts/events.js';
import { type Given, given } from '#testing/decider-spec.js';
import { acquiredPerson, identifiedProspect } from '#testing/known-customers.js';
import type { CustomerCommand } from './commands.js';
import { customer } from './customer.decider.js';

const owned: Given<CustomerEvent> = { type: 'OwnerAssigned', data: { ownerId: 'mai' } };
const reason = 'Large and growing';
const proactive: Given<CustomerEvent> = {
  type: 'RelationshipLevelAssigned',
  data: { from: 'basic', to: 'proactive', reason },
};

describe('AssignOwner', () => {
  it('assigns the first owner, of a prospect too', () => {
    given(customer, [acquiredPerson]).when({ type: 'AssignOwner', ownerId: 'mai' }).then([owned]);
    given(customer, [identifiedProspect]).when({ type: 'AssignOwner', ownerId: 'mai' }).then([owned]);
  });
  it('assigns another owner, saying who it was before', () => {
    given(customer, [acquiredPerson, owned])
      .when({ type: 'AssignOwner', ownerId: 'lan', reason: 'Mai has left' })
      .then([{ type: 'OwnerAssigned', data: { ownerId: 'lan', from: 'mai', reason: 'Mai has left' } }]);
  });
  it('does nothing for who is the owner', () => {
    given(customer, [acquiredPerson, owned]).when({ type: 'AssignOwner', ownerId: 'mai' }).thenNothing();
  });
});

describe('AssignRelationshipLevel', () => {
  it('begins at basic', () => {
    given(customer, [acquiredPerson])
      .when({ type: 'AssignRelationshipLevel', to: 'proactive', reason })
      .then([proactive]);
  });
  it('goes on from the one before, to a lighter one too', () => {
    given(customer, [acquiredPerson, proactive])
      .when({ type: 'AssignRelationshipLevel', to: 'reactive', basis: 'value', reason })
      .then([
        { type: 'RelationshipLevelAssigned', data: { from: 'proactive', to: 'reactive', basis: 'value', reason } },
      ]);
  });
  it('does nothing for the level that it is', () => {
    given(customer, [acquiredPerson]).when({ type: 'AssignRelationshipLevel', to: 'basic', reason }).thenNothing();
    given(customer, [acquiredPerson, proactive])
      .when({ type: 'AssignRelationshipLevel', to: 'proactive', reason })
      .thenNothing();
  });
});

describe('AssessPotential', () => {
  it('records every assessment', () => {
    const assessed: Given<CustomerEvent> = { type: 'PotentialAssessed', data: { band: 'high', basis: 'growth' } };
    given(customer, [acquiredPerson, assessed])
      .when({ type: 'AssessPotential', band: 'high', basis: 'growth' })
      .then([assessed]);
  });
});

describe('What concerns a relationship', () => {
  it.each<CustomerCommand>([
    { type: 'AssignOwner', ownerId: 'mai' },
    { type: 'AssignRelationshipLevel', to: 'reactive', reason },
    { type: 'AssessPotential', band: 'low' },
  ])('is refused for nobody: $type', (command) => {
    given(customer).when(command).thenRefused('customer-not-found', { kind: 'not-found' });
  });
});
