import type { ComplaintEvent } from '#contracts/events.js';
import { externalId } from '#contracts/ids.js';
import { type Given, given } from '#testing/decider-spec.js';
import type { ResolveComplaint } from './commands.js';
import { complaint } from './complaint.decider.js';

const customerId = externalId('customer', { system: 'shop', id: '1' });
const words = { customerId, issue: 'Late delivery', severity: 'high', channel: 'phone' } as const;
const complained: Given<ComplaintEvent> = { type: 'CustomerComplained', data: words };
const explained: Given<ComplaintEvent> = { type: 'ComplaintResolved', data: { outcome: 'explanation' } };

describe('RaiseComplaint', () => {
  it('opens a complaint', () => {
    given(complaint)
      .when({ type: 'RaiseComplaint', ...words })
      .then([complained]);
  });
  it('opens a complaint of nobody known', () => {
    const { customerId: _, ...anonymous } = words;
    given(complaint)
      .when({ type: 'RaiseComplaint', ...anonymous })
      .then([{ type: 'CustomerComplained', data: anonymous }]);
  });
  it.each([[[complained]], [[complained, explained]]])('is refused a second time', (events) => {
    given(complaint, events)
      .when({ type: 'RaiseComplaint', ...words })
      .thenRefused('complaint-exists', { kind: 'conflict' });
  });
});

it('is refused for a complaint that would be raised after the business date', () => {
  given(complaint)
    .when({ type: 'RaiseComplaint', ...words }, { occurredAt: '2026-04-01T00:00:00Z', businessDate: '2026-03-31' })
    .thenRefused('not-after-business-date', { kind: 'invalid', field: 'occurredAt' });
});

describe('ResolveComplaint', () => {
  const paid = { outcome: 'monetaryRelief', compensation: { amount: 500, currency: 'EUR' } } as const;
  const command: ResolveComplaint = { type: 'ResolveComplaint', ...paid };

  it.each(['explanation', 'nonMonetaryRelief', 'rejected'] as const)('resolves an open complaint by %s', (outcome) => {
    given(complaint, [complained])
      .when({ type: 'ResolveComplaint', outcome })
      .then([{ type: 'ComplaintResolved', data: { outcome } }]);
  });
  it('resolves an open complaint by monetary relief, with its amount', () => {
    given(complaint, [complained])
      .when(command)
      .then([{ type: 'ComplaintResolved', data: paid }]);
  });
  it('is refused for a complaint that was never raised', () => {
    given(complaint).when(command).thenRefused('complaint-not-found', { kind: 'not-found' });
  });
  it('is refused for a resolved complaint', () => {
    given(complaint, [complained, explained]).when(command).thenRefused('complaint-open', { kind: 'conflict' });
  });
  it('takes monetary relief whose amount the source does not know', () => {
    given(complaint, [complained])
      .when({ type: 'ResolveComplaint', outcome: 'monetaryRelief' })
      .then([{ type: 'ComplaintResolved', data: { outcome: 'monetaryRelief' } }]);
  });
  it.each([
    [{ amount: 500 }, 'compensation.currency'],
    [{ currency: 'EUR' }, 'compensation.amount'],
  ])('is refused with a compensation of %j', (compensation, field) => {
    given(complaint, [complained])
      .when({ ...command, compensation })
      .thenRefused('amount-with-currency', { kind: 'invalid', field });
  });
});
