import type { CustomerEvent } from '#contracts/events.js';
import { type Given, given } from '#testing/decider-spec.js';
import { acquiredPerson, identifiedProspect, idOf } from '#testing/known-customers.js';
import { customer } from './customer.decider.js';

const needId = idOf('need');
const need = { needId, statement: 'A quieter machine', expressed: 'unstated', category: 'comfort' } as const;
const recorded: Given<CustomerEvent> = { type: 'NeedRecorded', data: need };
const met: Given<CustomerEvent> = { type: 'NeedMet', data: { needId } };
const withdrawn: Given<CustomerEvent> = { type: 'NeedWithdrawn', data: { needId } };

describe('RecordNeed', () => {
  it('records what a customer, or a prospect, wants', () => {
    given(customer, [acquiredPerson])
      .when({ type: 'RecordNeed', ...need })
      .then([recorded]);
    given(customer, [identifiedProspect])
      .when({ type: 'RecordNeed', ...need })
      .then([recorded]);
  });
  it.each([[[recorded]], [[recorded, met]], [[recorded, withdrawn]]])(
    'is refused under an id that is taken',
    (events) => {
      given(customer, [acquiredPerson, ...events])
        .when({ type: 'RecordNeed', ...need })
        .thenRefused('need-recorded-once', { kind: 'conflict', field: 'needId' });
    },
  );
});

describe('MeetNeed', () => {
  it('meets a need, by a purchase where one is named', () => {
    given(customer, [acquiredPerson, recorded]).when({ type: 'MeetNeed', needId }).then([met]);
    given(customer, [acquiredPerson, recorded])
      .when({ type: 'MeetNeed', needId, purchaseId: idOf('purchase') })
      .then([{ type: 'NeedMet', data: { needId, purchaseId: idOf('purchase') } }]);
  });
});

describe('WithdrawNeed', () => {
  it('withdraws a need', () => {
    given(customer, [acquiredPerson, recorded]).when({ type: 'WithdrawNeed', needId }).then([withdrawn]);
  });
});

describe.each(['MeetNeed', 'WithdrawNeed'] as const)('%s', (type) => {
  it('is refused for a need that was never recorded', () => {
    given(customer, [acquiredPerson])
      .when({ type, needId })
      .thenRefused('need-not-found', { kind: 'not-found', field: 'needId' });
  });
  it('is refused before the need was told', () => {
    given(customer, [acquiredPerson, recorded])
      .when({ type, needId }, { occurredAt: '2026-06-15T09:59:59Z' })
      .thenRefused('need-dates-in-order', { kind: 'invalid', field: 'occurredAt' });
  });
  it.each([met, withdrawn])('is refused after $type', (ended) => {
    given(customer, [acquiredPerson, recorded, ended])
      .when({ type, needId })
      .thenRefused('need-ended-once', { kind: 'conflict', field: 'needId' });
  });
});
