import type { CustomerEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { type Given, given } from '#testing/decider-spec.js';
import type { CustomerCommand } from './commands.js';
import { customer } from './customer.decider.js';

const offerId = derivedId('offer', '1');
const risk = { score: 0.9, band: 'high' as const, factors: [], model: { name: 'rfm', version: '1' } };
const terms = { offerId, terms: '20 % off', treatment: 'oneToOne' as const, expiresAt: '2026-12-31T00:00:00Z' };
const acquired: Given<CustomerEvent> = {
  type: 'CustomerAcquired',
  data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web' },
};
const assessed: Given<CustomerEvent> = { type: 'ChurnRiskAssessed', data: risk };
const offered: Given<CustomerEvent> = { type: 'RetentionOfferMade', data: terms };
const accepted: Given<CustomerEvent> = { type: 'RetentionOfferAccepted', data: { offerId } };
const churned: Given<CustomerEvent> = {
  type: 'CustomerChurned',
  data: { how: 'voluntary', reason: 'The price', lostTo: 'Another shop' },
};
const wonBack: Given<CustomerEvent> = { type: 'CustomerWonBack', data: {} };
const churn: CustomerCommand = {
  type: 'ChurnCustomer',
  how: 'voluntary',
  reason: 'The price',
  lostTo: 'Another shop',
};

describe('ChurnCustomer', () => {
  it('records how and why they left, and to whom', () => {
    given(customer, [acquired]).when(churn).then([churned]);
  });
  it.each(['voluntary', 'involuntary', 'inactive'] as const)('takes %s churn without a reason', (how) => {
    given(customer, [acquired])
      .when({ type: 'ChurnCustomer', how })
      .then([{ type: 'CustomerChurned', data: { how } }]);
  });
  it('is refused a second time, unless they were won back in between', () => {
    given(customer, [acquired, churned]).when(churn).thenRefused('customer-churned-once', { kind: 'conflict' });
    given(customer, [acquired, churned, wonBack]).when(churn).then([churned]);
  });
  it('is refused for a prospect, who is no customer yet', () => {
    const data = { partyKind: 'person', roles: ['endConsumer'], channel: 'web' } as const;
    given(customer, [{ type: 'ProspectIdentified', data: { ...data, roles: ['endConsumer'] } }])
      .when(churn)
      .thenRefused('customer-acquired', { kind: 'conflict' });
  });
  it('is refused for nobody known', () => {
    given(customer).when(churn).thenRefused('customer-not-found', { kind: 'not-found' });
  });
});

describe('WinBackCustomer', () => {
  const winBack: CustomerCommand = { type: 'WinBackCustomer', trigger: 'A visit' };
  const byOffer: CustomerCommand = { type: 'WinBackCustomer', offerId };

  it('brings back who has churned', () => {
    given(customer, [acquired, churned])
      .when(winBack)
      .then([{ type: 'CustomerWonBack', data: { trigger: 'A visit' } }]);
  });
  it('brings them back by an offer that was made and accepted since', () => {
    given(customer, [acquired, churned, offered, accepted])
      .when(byOffer)
      .then([{ type: 'CustomerWonBack', data: { offerId } }]);
  });
  it('is refused for who has not churned, or is back already', () => {
    const rule = ['win-back-needs-churned', { kind: 'conflict' }] as const;
    given(customer, [acquired])
      .when(winBack)
      .thenRefused(...rule);
    given(customer, [acquired, churned, wonBack])
      .when(winBack)
      .thenRefused(...rule);
  });
  it('is refused before they churned', () => {
    given(customer, [acquired, { ...churned, occurredAt: '2026-06-15T10:00:00Z' }])
      .when(winBack, { occurredAt: '2026-06-15T09:59:59Z' })
      .thenRefused('win-back-after-churn', { kind: 'invalid', field: 'occurredAt' });
  });
  it('is refused by an offer that is not accepted, is not known, or served before they left', () => {
    given(customer, [acquired, churned, offered])
      .when(byOffer)
      .thenRefused('retention-needs-an-accepted-offer', { kind: 'conflict', field: 'offerId' });
    given(customer, [acquired, churned]).when(byOffer).thenRefused('retention-offer-not-found', { kind: 'not-found' });
    given(customer, [acquired, offered, accepted, churned])
      .when(byOffer)
      .thenRefused('retention-offer-serves-once', { kind: 'conflict' });
  });
  it('uses up its offer', () => {
    given(customer, [acquired, churned, offered, accepted, { type: 'CustomerWonBack', data: { offerId } }])
      .when({ type: 'RetainCustomer', basis: 'offerAccepted', offerId })
      .thenRefused('retention-offer-serves-once');
  });
  it('is refused for nobody known', () => {
    given(customer).when(winBack).thenRefused('customer-not-found', { kind: 'not-found' });
  });
});

describe('After a churn', () => {
  it('an offer to come back can be made', () => {
    given(customer, [acquired, churned])
      .when({ type: 'MakeRetentionOffer', ...terms })
      .then([offered]);
  });
  it.each(['AcceptRetentionOffer', 'DeclineRetentionOffer'] as const)(
    '%s is refused for an offer of before: it has lapsed',
    (type) => {
      given(customer, [acquired, offered, churned])
        .when({ type, offerId })
        .thenRefused('retention-offer-answered-once', { kind: 'conflict' });
    },
  );
  it('nobody is retained, and no risk is assessed', () => {
    given(customer, [acquired, assessed, churned])
      .when({ type: 'RetainCustomer', basis: 'riskRecovered' })
      .thenRefused('customer-not-churned', { kind: 'conflict' });
    given(customer, [acquired, churned])
      .when({ type: 'AssessChurnRisk', ...risk })
      .thenRefused('customer-not-churned', { kind: 'conflict' });
  });
  it('and a win-back the risk of before serves no retention', () => {
    given(customer, [acquired, assessed, churned, wonBack])
      .when({ type: 'RetainCustomer', basis: 'riskRecovered' })
      .thenRefused('retention-needs-a-risk');
  });
});

describe('AssessChurnRisk', () => {
  it('is refused under the name that the published rules have', () => {
    given(customer, [acquired])
      .when({ type: 'AssessChurnRisk', ...risk, model: { name: 'rapport-rules', version: '1' } })
      .thenRefused('risk-model-reserved', { kind: 'invalid', field: 'model.name' });
  });
});
