import type { CustomerEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { type Given, given } from '#testing/decider-spec.js';
import type { CustomerCommand } from './commands.js';
import { customer } from './customer.decider.js';

const [anna, ben, cleo] = ['anna', 'ben', 'cleo'].map((name) => derivedId('customer', name)) as [
  string,
  string,
  string,
];
const mergeId = derivedId('merge', '1');
const otherMerge = derivedId('merge', '2');

const acquired: Given<CustomerEvent> = {
  type: 'CustomerAcquired',
  data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web' },
};
const pair = { mergeId, survivorId: anna, absorbedId: ben };
const merged: Given<CustomerEvent> = { type: 'CustomersMerged', data: pair };
const absorbed: Given<CustomerEvent> = { type: 'CustomerAbsorbed', data: pair };
const undoing = { ...pair, reason: 'Father and son' };
const erased: Given<CustomerEvent> = { type: 'CustomerErased', data: { reason: 'asked for' } };
const unmerged: Given<CustomerEvent> = { type: 'CustomersUnmerged', data: undoing };

describe('MergeCustomers, to the survivor', () => {
  const command: CustomerCommand = { type: 'MergeCustomers', ...pair };

  it('merges, and keeps the evidence', () => {
    const evidence = [{ field: 'birthDate', similarity: 1 }];
    given(customer, [acquired])
      .when({ ...command, evidence })
      .then([{ type: 'CustomersMerged', data: { ...pair, evidence } }]);
  });
  it('does nothing when this very merge is in force', () => {
    given(customer, [acquired, merged]).when(command).thenNothing();
  });
  it('merges with several, one after the other', () => {
    const third = { mergeId: otherMerge, survivorId: anna, absorbedId: cleo };
    given(customer, [acquired, merged])
      .when({ type: 'MergeCustomers', ...third })
      .then([{ type: 'CustomersMerged', data: third }]);
  });
  it('is refused with itself', () => {
    given(customer, [acquired])
      .when({ ...command, absorbedId: anna })
      .thenRefused('merge-with-another', { kind: 'invalid', field: 'absorbedId' });
  });
  it('is refused with one that is merged into it by another merge', () => {
    given(customer, [acquired, merged])
      .when({ ...command, mergeId: otherMerge })
      .thenRefused('customers-merged-once', { kind: 'conflict', field: 'absorbedId' });
  });
  it('is refused for an absorbed customer, naming its survivor', () => {
    const { message } = given(customer, [acquired, { type: 'CustomerAbsorbed', data: { ...pair, survivorId: cleo } }])
      .when({ ...command, mergeId: otherMerge })
      .thenRefused('customer-absorbed', { kind: 'conflict' });
    expect(message).toContain(cleo);
  });
  it('is refused for who was erased: the view would show the other one there', () => {
    given(customer, [acquired, erased]).when(command).thenRefused('customer-erased', { kind: 'conflict' });
    given(customer, [acquired, merged, erased]).when(command).thenNothing();
  });
  it('is refused under the id of a merge that was undone, and accepted under another', () => {
    given(customer, [acquired, merged, unmerged]).when(command).thenRefused('merge-undone', { kind: 'conflict' });
    given(customer, [acquired, merged, unmerged])
      .when({ ...command, mergeId: otherMerge })
      .then([{ type: 'CustomersMerged', data: { ...pair, mergeId: otherMerge } }]);
  });
});

describe('AbsorbCustomer, to the other', () => {
  const command: CustomerCommand = { type: 'AbsorbCustomer', ...pair };

  it('absorbs a customer that is free', () => {
    given(customer, [acquired]).when(command).then([absorbed]);
  });
  it('does nothing when this very merge absorbed it', () => {
    given(customer, [acquired, absorbed]).when(command).thenNothing();
  });
  it('is refused for who was erased', () => {
    given(customer, [acquired, erased])
      .when(command)
      .thenRefused('customer-erased', { kind: 'conflict', field: 'absorbedId' });
    given(customer, [acquired, absorbed, erased]).when(command).thenNothing();
  });
  it('is refused when another merge absorbed it, naming the survivor', () => {
    const { message } = given(customer, [acquired, absorbed])
      .when({ ...command, mergeId: otherMerge, survivorId: cleo })
      .thenRefused('customer-absorbed', { kind: 'conflict', field: 'absorbedId' });
    expect(message).toContain(anna);
  });
  it('is refused while it has absorbed somebody itself, naming them', () => {
    const own = { mergeId: otherMerge, survivorId: ben, absorbedId: cleo };
    const { message } = given(customer, [acquired, { type: 'CustomersMerged', data: own }])
      .when(command)
      .thenRefused('absorbed-absorbs-nobody', { kind: 'conflict', field: 'absorbedId' });
    expect(message).toContain(cleo);
  });
  it('is refused after the undoing of the merge, whether it had arrived or not', () => {
    given(customer, [acquired, absorbed, unmerged]).when(command).thenRefused('merge-undone', { kind: 'conflict' });
    given(customer, [acquired, unmerged]).when(command).thenRefused('merge-refused', { kind: 'conflict' });
  });
  it('absorbs it again by another merge', () => {
    given(customer, [acquired, absorbed, unmerged])
      .when({ ...command, mergeId: otherMerge })
      .then([{ type: 'CustomerAbsorbed', data: { ...pair, mergeId: otherMerge } }]);
  });
});

describe('UnmergeCustomers, to the survivor', () => {
  const command: CustomerCommand = { type: 'UnmergeCustomers', ...undoing };

  it('undoes a merge', () => {
    given(customer, [acquired, merged]).when(command).then([unmerged]);
  });
  it('does nothing when it is undone', () => {
    given(customer, [acquired, merged, unmerged]).when(command).thenNothing();
  });
  it('is refused for customers that are not merged', () => {
    given(customer, [acquired]).when(command).thenRefused('merge-not-found', { kind: 'not-found' });
  });
});

describe('ReleaseCustomer, to the other', () => {
  const command: CustomerCommand = { type: 'ReleaseCustomer', ...undoing };

  it('frees an absorbed customer', () => {
    given(customer, [acquired, absorbed]).when(command).then([unmerged]);
  });
  it('records the undoing of a merge that has not arrived yet', () => {
    given(customer, [acquired]).when(command).then([unmerged]);
  });
  it('does nothing when it is free of it', () => {
    given(customer, [acquired, absorbed, unmerged]).when(command).thenNothing();
  });
  it('leaves it with another survivor', () => {
    const other = { mergeId: otherMerge, survivorId: cleo, absorbedId: ben };
    given(customer, [acquired, { type: 'CustomerAbsorbed', data: other }, unmerged])
      .when({ type: 'AbsorbCustomer', ...other })
      .thenNothing();
  });
});

describe('DismissDuplicate', () => {
  const command: CustomerCommand = { type: 'DismissDuplicate', otherCustomerId: ben, reason: 'Twins' };
  const dismissed: Given<CustomerEvent> = {
    type: 'DuplicateDismissed',
    data: { otherCustomerId: ben, reason: 'Twins' },
  };

  it('records that two are two', () => {
    given(customer, [acquired]).when(command).then([dismissed]);
  });
  it('does nothing the second time', () => {
    given(customer, [acquired, dismissed]).when(command).thenNothing();
  });
});

describe('An absorbed customer', () => {
  it('takes facts', () => {
    given(customer, [acquired, absorbed])
      .when({ type: 'AssessChurnRisk', score: 0.1, band: 'low', factors: [], model: { name: 'rfm', version: '1' } })
      .then([
        {
          type: 'ChurnRiskAssessed',
          data: { score: 0.1, band: 'low', factors: [], model: { name: 'rfm', version: '1' } },
        },
      ]);
  });
  const contactPointId = derivedId('contact', '1');
  it.each<CustomerCommand>([
    { type: 'LinkExternalIdentity', identity: { system: 'shop', id: '1' } },
    { type: 'UpdateProfile', name: 'Hoa' },
    { type: 'AddContactPoint', contactPointId, medium: 'email', value: 'hoa@example.com' },
    { type: 'VerifyContactPoint', contactPointId },
    { type: 'RemoveContactPoint', contactPointId },
    { type: 'LinkParty', customerId: ben, otherCustomerId: cleo, relation: 'householdOf' },
    { type: 'UnlinkParty', otherCustomerId: cleo, relation: 'householdOf' },
  ])('refuses $type, naming the survivor', (command) => {
    const { message } = given(customer, [acquired, absorbed])
      .when(command)
      .thenRefused('customer-absorbed', { kind: 'conflict' });
    expect(message).toContain(anna);
  });
  it('takes changes of its profile again when it is free', () => {
    given(customer, [acquired, absorbed, unmerged])
      .when({ type: 'UpdateProfile', name: 'Hoa' })
      .then([{ type: 'ProfileUpdated', data: { name: 'Hoa' } }]);
  });
});

describe('A stream without a customer', () => {
  const commands: CustomerCommand[] = [
    { type: 'MergeCustomers', ...pair },
    { type: 'AbsorbCustomer', ...pair },
    { type: 'UnmergeCustomers', ...undoing },
    { type: 'ReleaseCustomer', ...undoing },
    { type: 'DismissDuplicate', otherCustomerId: ben, reason: 'Twins' },
  ];
  it.each(commands)('refuses $type', (command) => {
    given(customer).when(command).thenRefused('customer-not-found', { kind: 'not-found' });
  });
});
