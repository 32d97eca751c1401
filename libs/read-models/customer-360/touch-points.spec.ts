import { derivedId } from '#contracts/ids.js';
import { given } from '#testing/projection-spec.js';
import { type Happening, SPEC_CUSTOMER } from '#testing/recorded.js';
import { customer360 } from './customer-360.projection.js';

const interactionId = (day: number) => derivedId('interaction', String(day));
const call = (day: number) => ({
  channel: 'phone' as const,
  direction: 'inbound' as const,
  phase: 'after' as const,
  purpose: 'support' as const,
  startedAt: `2026-01-0${day}T00:00:00Z`,
});
const interaction = (day: number): Happening => {
  return { type: 'InteractionRecorded', data: call(day), streamId: `interaction-${interactionId(day)}` };
};
const touchPoint = (day: number) => ({
  interactionId: interactionId(day),
  startedAt: `2026-01-0${day}T00:00:00.000Z`,
  channel: 'phone' as const,
  direction: 'inbound' as const,
  purpose: 'support' as const,
});

describe('the touch-points of a customer', () => {
  it('are the latest of each phase, latest first', () => {
    const visit: Happening = {
      type: 'InteractionRecorded',
      data: { ...call(1), phase: 'before', channel: 'visit', agentId: 'mai' },
      streamId: `interaction-${interactionId(9)}`,
    };
    given(customer360, [...[3, 1, 5, 4].map(interaction), visit]).thenRow({
      interactions: 5,
      touchPoints: {
        after: [5, 4, 3].map(touchPoint),
        before: [{ ...touchPoint(1), interactionId: interactionId(9), channel: 'visit', agentId: 'mai' }],
      },
    });
  });

  it('hold one that was attributed later, where what it was came along', () => {
    const attributed = (more: object): Happening => ({
      type: 'InteractionAttributed',
      data: { customerId: SPEC_CUSTOMER, ...more },
      streamId: `interaction-${interactionId(2)}`,
    });
    given(customer360, [attributed(call(2))]).thenRow({ interactions: 1, touchPoints: { after: [touchPoint(2)] } });
    given(customer360, [attributed({})]).thenRow({ interactions: 1, touchPoints: null });
  });
});
