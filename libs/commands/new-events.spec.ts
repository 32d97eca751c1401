import { loyalty } from '#domain/loyalty/loyalty.decider.js';
import { ANNA, sourceOf } from '#testing/loyalty-events.js';
import type { CommandMeta } from './command-meta.js';
import { toNewEvent } from './new-events.js';

const meta: CommandMeta = {
  commandId: 'command',
  actor: { id: 'spec', kind: 'policy' },
  correlationId: 'of the last cause',
  causationId: sourceOf('last'),
  correlations: new Map([
    [sourceOf('first'), 'of the first cause'],
    [sourceOf('last'), 'of the last cause'],
  ]),
  decidedBy: { policy: 'spec' },
};
const enrolled = { type: 'LoyaltyEnrolled' as const, data: { customerId: ANNA }, occurredAt: '2026-06-15T10:00:00Z' };

function metadataOf(decided: { causationId?: string; rulesVersion?: number }, more: Partial<CommandMeta> = {}) {
  const request = {
    category: 'loyalty' as const,
    id: ANNA,
    decider: loyalty,
    command: {} as never,
    meta: { ...meta, ...more },
    subject: { kind: 'customer' as const, id: ANNA },
  };
  return toNewEvent({ ...enrolled, ...decided }, 0, request, 'hash');
}

describe('the envelope of what was decided', () => {
  it('carries the correlation of the event that brought it about, of several the right one', () => {
    const { metadata } = metadataOf({ causationId: sourceOf('first') });
    expect([metadata.causationId, metadata.correlationId]).toEqual([sourceOf('first'), 'of the first cause']);
  });
  it('carries that of the command where no event is named, or the command knows none of it', () => {
    expect(metadataOf({}).metadata.correlationId).toBe('of the last cause');
    expect(metadataOf({ causationId: sourceOf('other') }, { correlations: undefined }).metadata.correlationId).toBe(
      'of the last cause',
    );
  });
  it('names the version of the rules that decided it, on what a policy decides', () => {
    expect(metadataOf({ rulesVersion: 2 }).metadata.decidedBy).toEqual({ policy: 'spec', rulesVersion: 2 });
    expect(metadataOf({}).metadata.decidedBy).toEqual({ policy: 'spec' });
    expect(metadataOf({ rulesVersion: 2 }, { decidedBy: undefined }).metadata.decidedBy).toBeUndefined();
  });
  it('keeps the version that the policy itself judged by', () => {
    const decidedBy = { policy: 'spec', rulesVersion: 3 };
    expect(metadataOf({ rulesVersion: 2 }, { decidedBy }).metadata.decidedBy).toEqual(decidedBy);
  });
  it('has another id for another reason, though not for another place in an imported file', () => {
    const idFor = (reason: string | undefined, kind: 'service' | 'import') =>
      metadataOf({}, { reason, actor: { id: 'spec', kind } }).eventId;
    expect(idFor('one', 'service')).not.toBe(idFor('other', 'service'));
    expect(idFor('one', 'service')).not.toBe(idFor(undefined, 'service'));
    expect(idFor('one', 'import')).toBe(idFor(undefined, 'service'));
  });
});
