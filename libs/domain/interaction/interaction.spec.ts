import fc from 'fast-check';
import type { InteractionEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { type Given, given, SPEC_TIME } from '#testing/decider-spec.js';
import { holds, play } from '#testing/property.js';
import type { InteractionCommand, RecordInteraction } from './commands.js';
import { interaction } from './interaction.decider.js';

const [anna, ben] = [derivedId('customer', 'anna'), derivedId('customer', 'ben')];
const call = {
  channel: 'hotline',
  direction: 'inbound',
  phase: 'after',
  purpose: 'support',
  startedAt: '2026-06-15T09:00:00Z',
  answeredAt: '2026-06-15T09:00:30Z',
  endedAt: '2026-06-15T09:10:00Z',
} as const;
const recordCall: RecordInteraction = { type: 'RecordInteraction', ...call };
const recorded: Given<InteractionEvent> = { type: 'InteractionRecorded', data: call };
const attributed: Given<InteractionEvent> = { type: 'InteractionAttributed', data: { customerId: anna } };

describe('RecordInteraction', () => {
  it('records a touch-point of a customer, or of nobody known', () => {
    given(interaction).when(recordCall).then([recorded]);
    given(interaction)
      .when({ ...recordCall, customerId: anna })
      .then([{ type: 'InteractionRecorded', data: { ...call, customerId: anna } }]);
  });
  it('records one that nobody answered, and one that has not ended', () => {
    const { answeredAt: _, endedAt: __, ...begun } = call;
    given(interaction)
      .when({ type: 'RecordInteraction', ...begun })
      .then([{ type: 'InteractionRecorded', data: begun }]);
  });
  it('takes one that was answered at once and over at once, however the instants are written', () => {
    const at = { answeredAt: '2026-06-15T09:00:00.000Z', endedAt: '2026-06-15T09:00:00.0Z' };
    given(interaction)
      .when({ ...recordCall, ...at })
      .then([{ type: 'InteractionRecorded', data: { ...call, ...at } }]);
  });
  it('is refused a second time', () => {
    given(interaction, [recorded]).when(recordCall).thenRefused('interaction-exists', { kind: 'conflict' });
  });
  it('is refused when it would end before it started', () => {
    given(interaction)
      .when({ ...recordCall, endedAt: '2026-06-15T08:59:59.999Z' })
      .thenRefused('interaction-ends-after-start', { kind: 'invalid', field: 'endedAt' });
  });
  it.each(['2026-06-15T08:59:59Z', '2026-06-15T09:10:00.001Z'])(
    'is refused when it was answered at %s',
    (answeredAt) => {
      given(interaction)
        .when({ ...recordCall, answeredAt })
        .thenRefused('interaction-answered-between', { kind: 'invalid', field: 'answeredAt' });
    },
  );
  it.each(['startedAt', 'answeredAt', 'endedAt'] as const)('is refused with %s after the business date', (field) => {
    given(interaction)
      .when({ ...recordCall, [field]: '2026-06-16T00:00:00Z' }, { businessDate: '2026-06-15' })
      .thenRefused('not-after-business-date', { kind: 'invalid', field });
  });
  it('is refused when it happened after the business date', () => {
    given(interaction)
      .when(recordCall, { businessDate: '2026-06-14' })
      .thenRefused('not-after-business-date', { kind: 'invalid', field: 'occurredAt' });
  });
});

describe('AttributeInteraction', () => {
  const toAnna: InteractionCommand = { type: 'AttributeInteraction', customerId: anna };

  it('says whose it was, and what it was: its recording names no customer', () => {
    const { channel, direction, phase, purpose, startedAt } = call;
    const data = { customerId: anna, channel, direction, phase, purpose, startedAt };
    given(interaction, [recorded])
      .when(toAnna)
      .then([{ type: 'InteractionAttributed', data }]);
  });
  it('does nothing when it is theirs already', () => {
    given(interaction, [recorded, attributed]).when(toAnna).thenNothing();
  });
  it('is refused for another customer, whether it was attributed or recorded with one', () => {
    const toBen: InteractionCommand = { type: 'AttributeInteraction', customerId: ben };
    const rule = ['interaction-attributed-once', { kind: 'conflict', field: 'customerId' }] as const;
    given(interaction, [recorded, attributed])
      .when(toBen)
      .thenRefused(...rule);
    given(interaction, [{ type: 'InteractionRecorded', data: { ...call, customerId: anna } }])
      .when(toBen)
      .thenRefused(...rule);
  });
  it('is refused for an interaction that was never recorded', () => {
    given(interaction).when(toAnna).thenRefused('interaction-not-found', { kind: 'not-found' });
  });
});

describe('Any interleaving of interaction commands', () => {
  const instant = fc.constantFrom('2026-06-15T09:00:00Z', '2026-06-15T09:00:00.5Z', '2026-06-15T10:00:00Z');
  const command: fc.Arbitrary<InteractionCommand> = fc.oneof(
    fc.record({
      type: fc.constant('RecordInteraction' as const),
      channel: fc.constantFrom('phone', 'web'),
      direction: fc.constantFrom('inbound', 'outbound'),
      phase: fc.constantFrom('before', 'after'),
      purpose: fc.constantFrom('courtesy', 'enquiry'),
      startedAt: instant,
      answeredAt: fc.option(instant, { nil: undefined }),
      endedAt: fc.option(instant, { nil: undefined }),
      customerId: fc.option(fc.constant(anna), { nil: undefined }),
    }),
    fc.record({ type: fc.constant('AttributeInteraction' as const), customerId: fc.constantFrom(anna, ben) }),
  );

  it('records once, in the order of its instants, and belongs to one customer at most', () => {
    holds(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const context = { occurredAt: SPEC_TIME, businessDate: '2026-06-15' };
        const moves = play(
          interaction,
          commands.map((command) => ({ command, context })),
        );
        const events = moves.flatMap(({ decided }) => decided);
        expect(events.map(({ type }) => type).join()).toMatch(/^(InteractionRecorded(,InteractionAttributed)?)?$/);
        const owners = events.flatMap(({ data }) => data.customerId ?? []);
        expect(owners.length).toBeLessThanOrEqual(1);
        for (const { type, data } of events) {
          if (type !== 'InteractionRecorded') continue;
          const instants = [data.startedAt, data.answeredAt, data.endedAt].flatMap((at) => (at ? Date.parse(at) : []));
          expect(instants).toEqual([...instants].sort((a, b) => a - b));
        }
      }),
    );
  });
});
