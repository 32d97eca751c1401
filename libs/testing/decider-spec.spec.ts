import type { EventBody } from '#contracts/envelope.js';
import { type Decider, RuleViolation } from '#domain/decider.js';
import { given } from './decider-spec.js';

type Resolved = EventBody<'ComplaintResolved', { outcome: string }>;
type Command = { outcome: string };

/** Resolves once; a second time breaks a rule. */
const once: Decider<{ outcomes: string[] }, Command, Resolved> = {
  initial: { outcomes: [] },
  evolve: ({ outcomes }, event) => ({ outcomes: [...outcomes, event.data.outcome] }),
  decide({ outcome }, { outcomes }, { occurredAt }) {
    if (outcomes.includes(outcome)) return [];
    if (outcomes.length > 0) throw new RuleViolation('conflict', 'once', 'It was resolved before.', 'outcome');
    return [{ type: 'ComplaintResolved', data: { outcome }, occurredAt }];
  },
};
const rejected: Resolved = { type: 'ComplaintResolved', data: { outcome: 'rejected' } };

describe('given/when/then', () => {
  it('passes when the decision is the expected one', () => {
    given(once).when({ outcome: 'rejected' }).then([rejected]);
    given(once, [rejected]).when({ outcome: 'rejected' }).thenNothing();
    given(once, [rejected])
      .when({ outcome: 'explanation' })
      .thenRefused('once', { kind: 'conflict', field: 'outcome' });
  });
  it('fails when other events, another time or another rule were expected', () => {
    const decision = given(once).when({ outcome: 'rejected' });
    expect(() => decision.then([])).toThrow('ComplaintResolved');
    expect(() => decision.then([{ ...rejected, occurredAt: '1999-01-01T00:00:00Z' }])).toThrow('1999');
    expect(() => decision.then([{ ...rejected, causationId: 'cause' }])).toThrow('cause');
    expect(() => decision.thenNothing()).toThrow('rejected');
    expect(() => decision.thenRefused('once')).toThrow('Expected a refusal');
    const refused = given(once, [rejected]).when({ outcome: 'explanation' });
    expect(() => refused.thenRefused('twice')).toThrow('twice');
    expect(() => refused.thenRefused('once', { kind: 'invalid' })).toThrow('invalid');
  });
  it('fails when an event breaks its declaration', () => {
    const event: Resolved = { type: 'ComplaintResolved', data: { outcome: 'magic' } };
    expect(() => given(once).when({ outcome: 'magic' }).then([event])).toThrow('outcome must be one of');
  });
  it('fails when evolve changes the state that it was given', () => {
    const changing: typeof once = {
      ...once,
      initial: { outcomes: [] },
      evolve(state, event) {
        state.outcomes.push(event.data.outcome);
        return state;
      },
    };
    expect(() => given(changing, [rejected]).when({ outcome: 'rejected' })).toThrow(TypeError);
  });
});
