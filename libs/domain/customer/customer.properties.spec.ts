import fc from 'fast-check';
import type { Role } from '#contracts/codes.js';
import { derivedId } from '#contracts/ids.js';
import { holds, play } from '#testing/property.js';
import type { CustomerCommand } from './commands.js';
import { customer } from './customer.decider.js';

// Few values, so that commands meet.
const offerId = fc.constantFrom('1', '2').map((name) => derivedId('offer', name));
const customerId = fc.constantFrom('anna', 'ben').map((name) => derivedId('customer', name));
const insideId = fc.constantFrom('1', '2', '3').map((name) => derivedId('inside', name));
const identity = fc.constantFrom('1', '2').map((id) => ({ system: 'shop', id }));
const instant = fc.constantFrom('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00.5Z');
const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => !text.includes('\0'));

const command: fc.Arbitrary<CustomerCommand> = fc.oneof(
  fc.record({
    type: fc.constant('AcquireCustomer' as const),
    partyKind: fc.constantFrom('person', 'organisation'),
    roles: fc.constant<Role[]>(['endConsumer']),
    channel: fc.constant('web' as const),
    name: fc.option(text, { nil: undefined }),
    externalIdentity: fc.option(identity, { nil: undefined }),
  }),
  fc.record({
    type: fc.constant('IdentifyProspect' as const),
    partyKind: fc.constantFrom('person', 'organisation'),
    roles: fc.constant<Role[]>(['retailer']),
    channel: fc.constant('visit' as const),
  }),
  fc.constantFrom<CustomerCommand>(
    { type: 'QualifyProspect' },
    { type: 'DisqualifyProspect', reason: 'no budget' },
    { type: 'AcquireProspect' },
  ),
  fc.record({
    type: fc.constant('UpdateProfile' as const),
    name: text,
    person: fc.constantFrom(undefined, { fullName: 'Hoa' }),
  }),
  fc.record({
    type: fc.constant('AddContactPoint' as const),
    contactPointId: insideId,
    medium: fc.constantFrom('email', 'social'),
    value: fc.constantFrom('A@b.example', 'a@B.example', 'c@d.example'),
  }),
  fc.record({
    type: fc.constantFrom('VerifyContactPoint' as const, 'RemoveContactPoint' as const),
    contactPointId: insideId,
  }),
  fc.record({
    type: fc.constant('LinkParty' as const),
    customerId: fc.constant(derivedId('customer', 'anna')),
    relation: fc.constantFrom('suppliedBy', 'householdOf'),
    otherCustomerId: customerId,
  }),
  fc.record({
    type: fc.constant('UnlinkParty' as const),
    relation: fc.constantFrom('suppliedBy', 'householdOf'),
    otherCustomerId: customerId,
  }),
  fc.record({
    type: fc.constantFrom('GrantConsent' as const, 'WithdrawConsent' as const),
    purpose: fc.constantFrom('marketing', 'research'),
    channel: fc.constantFrom('email', 'sms', undefined),
    basis: fc.constantFrom('consent', 'legitimateInterest'),
  }),
  fc.record({
    type: fc.constant('RecordNeed' as const),
    needId: insideId,
    statement: text,
    expressed: fc.constant('stated' as const),
  }),
  fc.record({ type: fc.constantFrom('MeetNeed' as const, 'WithdrawNeed' as const), needId: insideId }),
  fc.record({ type: fc.constant('MakePromise' as const), promiseId: insideId, what: text }),
  fc.record({
    type: fc.constant('KeepPromise' as const),
    promiseId: insideId,
    outcome: fc.constantFrom('asPromised', 'moreThanPromised'),
  }),
  fc.record({ type: fc.constant('BreakPromise' as const), promiseId: insideId }),
  fc.record({ type: fc.constant('AssignOwner' as const), ownerId: fc.constantFrom('mai', 'lan') }),
  fc.record({
    type: fc.constant('AssignRelationshipLevel' as const),
    to: fc.constantFrom('basic', 'reactive', 'partnership'),
    reason: text,
  }),
  fc.record({ type: fc.constant('LinkExternalIdentity' as const), identity }),
  fc.record({ type: fc.constant('ClaimExternalIdentity' as const), identity, customerId }),
  fc.record({
    type: fc.constant('AssessChurnRisk' as const),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    band: fc.constantFrom('low', 'medium', 'high'),
    factors: fc.array(fc.record({ name: text, weight: fc.double({ min: -1, max: 1, noNaN: true }) }), { maxLength: 2 }),
    model: fc.constant({ name: 'rfm', version: '1' }),
  }),
  fc.record({
    type: fc.constant('MakeRetentionOffer' as const),
    offerId,
    terms: text,
    treatment: fc.constantFrom('mass', 'oneToOne'),
    expiresAt: instant,
  }),
  fc.record({ type: fc.constantFrom('AcceptRetentionOffer' as const, 'DeclineRetentionOffer' as const), offerId }),
  fc.record({
    type: fc.constant('RetainCustomer' as const),
    basis: fc.constantFrom('offerAccepted', 'riskRecovered'),
    offerId: fc.option(offerId, { nil: undefined }),
  }),
);
const step = fc.record({ command, context: instant.map((at) => ({ occurredAt: at, businessDate: at.slice(0, 10) })) });
const played = fc.array(step, { maxLength: 80, size: 'max' }).map((steps) => play(customer, steps));

describe('Any interleaving of customer commands', () => {
  it('acquires once or is claimed once, never both', () => {
    holds(
      fc.property(played, (moves) => {
        const begun = moves
          .flatMap(({ decided }) => decided)
          .filter(({ type }) => type === 'CustomerAcquired' || type === 'ExternalIdentityClaimed');
        expect(begun.length).toBeLessThanOrEqual(1);
      }),
    );
  });
  it('begins with whoever was met, who is a prospect until acquired and of one party kind for ever', () => {
    holds(
      fc.property(played, (moves) => {
        const events = moves.flatMap(({ decided }) => decided);
        expect([undefined, 'ProspectIdentified', 'CustomerAcquired', 'ExternalIdentityClaimed']).toContain(
          events[0]?.type,
        );
        const acquired = events.findIndex(({ type }) => type === 'CustomerAcquired');
        const since = acquired < 0 ? [] : events.slice(acquired);
        expect(since.filter(({ type }) => type.startsWith('Prospect'))).toEqual([]);
        const kinds = events.flatMap(({ data }) => ('partyKind' in data ? [data.partyKind] : []));
        expect(new Set(kinds).size).toBeLessThanOrEqual(1);
      }),
    );
  });
  it('adds, records and makes each thing once, ends it once, and only then', () => {
    const lives = {
      contactPointId: /^ContactPointAdded(,ContactPointVerified)?(,ContactPointRemoved)?$/,
      needId: /^NeedRecorded(,NeedMet|,NeedWithdrawn)?$/,
      promiseId: /^PromiseMade(,PromiseKept|,PromiseBroken)?$/,
    };
    holds(
      fc.property(played, (moves) => {
        const events = moves.flatMap(({ decided }) => decided);
        for (const [field, life] of Object.entries(lives)) {
          for (const types of typesById(events, field)) expect(types.join()).toMatch(life);
        }
      }),
    );
  });
  it('has no value of a medium, no party and no owner twice in a row', () => {
    holds(
      fc.property(played, (moves) => {
        for (const { decided, before, after } of moves) {
          const values = after.contactPoints.map(({ medium, value }) => `${medium} ${value}`);
          expect(new Set(values).size).toBe(values.length);
          const parties = after.parties.map(({ relation, otherCustomerId }) => relation + otherCustomerId);
          expect(new Set(parties).size).toBe(parties.length);
          for (const event of decided) {
            if (event.type === 'OwnerAssigned') expect(event.data).toMatchObject({ from: before.ownerId });
            if (event.type === 'RelationshipLevelAssigned') expect(event.data.from).not.toBe(event.data.to);
          }
        }
      }),
    );
  });
  it('withdraws what stands, and leaves it withdrawn: the same once more decides nothing', () => {
    holds(
      fc.property(played, (moves) => {
        for (const { command, context, after, refusal } of moves) {
          if (refusal !== undefined) continue;
          if (!['GrantConsent', 'WithdrawConsent', 'UpdateProfile', 'AssignOwner'].includes(command.type)) continue;
          expect(customer.decide(command, after, context)).toEqual([]);
        }
      }),
    );
  });
  it('makes and answers an offer once, in time, and bases one retention on it', () => {
    holds(
      fc.property(played, (moves) => {
        const life = /^RetentionOfferMade(,RetentionOfferDeclined|,RetentionOfferAccepted(,CustomerRetained)?)?$/;
        const events = moves.flatMap(({ decided }) => decided);
        for (const types of typesById(events, 'offerId')) expect(types.join()).toMatch(life);
      }),
    );
  });
  it('retains after a recovered risk only when one was assessed since the last retention', () => {
    holds(
      fc.property(played, (moves) => {
        let atRisk = false;
        for (const event of moves.flatMap(({ decided }) => decided)) {
          if (event.type === 'ChurnRiskAssessed' && event.data.band !== 'low') atRisk = true;
          if (event.type !== 'CustomerRetained') continue;
          expect(event.data.basis === 'offerAccepted' || atRisk).toBe(true);
          atRisk = false;
        }
      }),
    );
  });
  it('links an identity once', () => {
    holds(
      fc.property(played, (moves) => {
        const linked = (moves.at(-1)?.after.identities ?? []).map(({ system, id }) => `${system}:${id}`);
        expect(new Set(linked).size).toBe(linked.length);
      }),
    );
  });
});

/** The types of the events about each thing that has an id in a field, in their order. */
function typesById(events: { type: string; data: object }[], field: string): Iterable<string[]> {
  const about = new Map<string, string[]>();
  for (const { type, data } of events) {
    const id = (data as Record<string, string | undefined>)[field];
    if (id !== undefined) about.set(id, [...(about.get(id) ?? []), type]);
  }
  return about.values();
}
