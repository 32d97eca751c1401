import { derivedId } from '#contracts/ids.js';
import { given } from '#testing/projection-spec.js';
import type { Happening } from '#testing/recorded.js';
import { customer360 } from './customer-360.projection.js';

const [FIRST, SECOND] = [derivedId('contact', '1'), derivedId('contact', '2')];
const other = derivedId('customer', 'other');

const prospect: Happening = {
  type: 'ProspectIdentified',
  data: { partyKind: 'person', roles: ['endConsumer'], channel: 'referral', name: 'Hoa', referredBy: other },
  occurredAt: '2026-01-01T00:00:00Z',
};
const acquired: Happening = {
  type: 'CustomerAcquired',
  data: { partyKind: 'person', roles: ['endConsumer'], channel: 'store', trigger: 'fair' },
  occurredAt: '2026-02-01T00:00:00Z',
};

function updated(occurredAt: string, data: Extract<Happening, { type: 'ProfileUpdated' }>['data']): Happening {
  return { type: 'ProfileUpdated', data, occurredAt };
}

describe('who a customer is', () => {
  it('keeps what the prospect was known by where the acquisition leaves it out', () => {
    given(customer360, [prospect, acquired]).thenRow({
      name: 'Hoa',
      channel: 'store',
      origin: { referredBy: other, trigger: 'fair' },
      customerStage: 'active',
    });
  });

  it('holds each field of the profile that happened later, whenever it was recorded', () => {
    given(customer360, [
      prospect,
      updated('2026-03-02T00:00:00Z', { person: { fullName: 'Hoa Nguyễn' }, address: { country: 'VN' } }),
      updated('2026-03-01T00:00:00Z', { name: 'Hoa N.', person: { fullName: 'Hoa Trần', gender: 'female' } }),
      updated('2026-03-02T00:00:00.000Z', { address: { country: 'DE', city: 'Bonn' } }),
    ]).thenRow({
      name: 'Hoa N.',
      profile: { person: { fullName: 'Hoa Nguyễn', gender: 'female' }, address: { country: 'DE', city: 'Bonn' } },
    });
  });

  it('tells contact points with what was verified, and one preferred of each medium', () => {
    const added = (contactPointId: string, value: string): Happening => {
      return { type: 'ContactPointAdded', data: { contactPointId, medium: 'email', value, preferred: true } };
    };
    given(customer360, [
      prospect,
      added(FIRST, 'a@example.org'),
      { type: 'ContactPointVerified', data: { contactPointId: FIRST } },
      added(SECOND, 'b@example.org'),
    ]).thenRow({
      contactPoints: [
        { contactPointId: FIRST, medium: 'email', value: 'a@example.org', verified: true, preferred: false },
        { contactPointId: SECOND, medium: 'email', value: 'b@example.org', verified: false, preferred: true },
      ],
    });
    given(customer360, [
      prospect,
      added(FIRST, 'a@example.org'),
      { type: 'ContactPointRemoved', data: { contactPointId: FIRST } },
    ]).thenRow({ contactPoints: [] });
  });

  it('tells parties as long as they are linked', () => {
    const party = { relation: 'contactPersonOf' as const, otherCustomerId: other };
    const linked: Happening = { type: 'PartyLinked', data: party };
    given(customer360, [prospect, linked, linked]).thenRow({ parties: [party] });
    given(customer360, [prospect, linked, { type: 'PartyUnlinked', data: party }]).thenRow({ parties: [] });
  });

  it('holds the last word on each purpose and channel of a consent', () => {
    const consent = { purpose: 'marketing' as const, basis: 'consent' as const };
    given(customer360, [
      prospect,
      { type: 'ConsentWithdrawn', data: consent, occurredAt: '2026-03-01T00:00:00Z' },
      { type: 'ConsentGranted', data: consent, occurredAt: '2026-02-01T00:00:00Z' },
      { type: 'ConsentGranted', data: { ...consent, channel: 'email' }, occurredAt: '2026-02-01T00:00:00Z' },
    ]).thenRow({
      consents: [
        { ...consent, channel: null, granted: false, since: '2026-03-01T00:00:00.000Z' },
        { ...consent, channel: 'email', granted: true, since: '2026-02-01T00:00:00.000Z' },
      ],
    });
  });

  it('is nobody any more after an erasure', () => {
    given(customer360, [
      prospect,
      updated('2026-03-01T00:00:00Z', {
        person: { fullName: 'Hoa Nguyễn', gender: 'female' },
        address: { city: 'Huế' },
      }),
      { type: 'ContactPointAdded', data: { contactPointId: FIRST, medium: 'phone', value: '+84901', raw: '0901' } },
      { type: 'NeedRecorded', data: { needId: FIRST, statement: 'A quiet phone', expressed: 'stated' } },
      { type: 'PromiseMade', data: { promiseId: FIRST, what: 'A call back' } },
      { type: 'CustomerErased', data: { reason: 'asked' }, occurredAt: '2026-04-01T00:00:00Z' },
    ]).thenRow({
      name: null,
      profile: { person: { gender: 'female' } },
      contactPoints: [{ contactPointId: FIRST, medium: 'phone', value: null, verified: false, preferred: false }],
      needs: [{ needId: FIRST, statement: null, expressed: 'stated', since: '2026-06-15T10:00:00.000Z' }],
      promises: {
        open: [{ promiseId: FIRST, what: null, madeAt: '2026-06-15T10:00:00.000Z' }],
        kept: 0,
        exceeded: 0,
        broken: 0,
      },
      erasedAt: '2026-04-01T00:00:00.000Z',
      times: { party: '2026-01-01T00:00:00.000Z', 'person.gender': '2026-03-01T00:00:00.000Z' },
    });
  });
});
