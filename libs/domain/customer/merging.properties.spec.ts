import fc from 'fast-check';
import type { CustomerEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { ensureSound } from '#testing/decider-spec.js';
import { holds } from '#testing/property.js';
import { type Decided, RuleViolation } from '../decider.js';
import type { CustomerCommand } from './commands.js';
import { customer } from './customer.decider.js';
import type { CustomerState } from './state.js';

const NAMES = ['anna', 'ben', 'cleo', 'dan'] as const;
const ids = NAMES.map((name) => derivedId('customer', name));
const context = { occurredAt: '2026-01-01T00:00:00Z', businessDate: '2026-01-01' };

interface Pair {
  mergeId: string;
  survivorId: string;
  absorbedId: string;
}

/** What is on its way to a stream. */
interface Message {
  what: 'absorb' | 'undo' | 'release';
  pair: Pair;
}

/** Several streams, and halves of merges that are on their way between them, in any order, and more than once. */
class Customers {
  readonly states = new Map<string, CustomerState>();
  private readonly underWay: Message[] = [];
  private readonly seen: Message[] = [];

  constructor() {
    for (const id of ids)
      this.send(id, { type: 'AcquireCustomer', partyKind: 'person', roles: ['partner'], channel: 'web' });
  }

  begin(pair: Pair): void {
    if (this.send(pair.survivorId, { type: 'MergeCustomers', ...pair })) this.post('absorb', pair);
  }

  unmerge(pair: Pair): void {
    if (this.send(pair.survivorId, { type: 'UnmergeCustomers', ...pair, reason: 'Spec' })) this.post('release', pair);
  }

  /** @param again a message that was delivered before, as after a crash. */
  deliver(choice: number, again: boolean): void {
    const from = again ? this.seen : this.underWay;
    if (from.length === 0) return;
    const message = from[choice % from.length]!;
    if (!again) {
      this.underWay.splice(this.underWay.indexOf(message), 1);
      this.seen.push(message);
    }
    const { what, pair } = message;
    if (what === 'absorb') {
      if (!this.send(pair.absorbedId, { type: 'AbsorbCustomer', ...pair })) this.post('undo', pair);
    } else if (what === 'undo') {
      this.unmerge(pair);
    } else {
      this.send(pair.absorbedId, { type: 'ReleaseCustomer', ...pair, reason: 'Spec' });
    }
  }

  settle(): void {
    while (this.underWay.length > 0) this.deliver(0, false);
  }

  private post(what: Message['what'], pair: Pair): void {
    this.underWay.push({ what, pair });
  }

  private send(id: string, command: CustomerCommand): boolean {
    const state = this.states.get(id) ?? customer.initial;
    let decided: Decided<CustomerEvent>[];
    try {
      decided = customer.decide(command, state, context);
    } catch (error) {
      if (error instanceof RuleViolation) return false;
      throw error;
    }
    this.states.set(id, ensureSound(customer, state, decided));
    return true;
  }
}

const index = fc.nat({ max: ids.length - 1 });
const move = fc.oneof(
  fc.record({ type: fc.constant('begin' as const), one: index, other: index }),
  fc.record({ type: fc.constant('unmerge' as const), choice: fc.nat() }),
  fc.record({ type: fc.constant('deliver' as const), choice: fc.nat(), again: fc.boolean() }),
);
const moves = fc.array(move, { maxLength: 60, size: 'max' });

function play(steps: (typeof move extends fc.Arbitrary<infer Move> ? Move : never)[]): Customers {
  const customers = new Customers();
  const begun: Pair[] = [];
  for (const step of steps) {
    if (step.type === 'begin') {
      const pair = {
        mergeId: derivedId('merge', String(begun.length)),
        survivorId: ids[step.one]!,
        absorbedId: ids[step.other]!,
      };
      begun.push(pair);
      customers.begin(pair);
    } else if (step.type === 'unmerge') {
      if (begun.length > 0) customers.unmerge(begun[step.choice % begun.length]!);
    } else {
      customers.deliver(step.choice, step.again);
    }
  }
  return customers;
}

describe('Merges and their undoing, in any interleaving and with halves that arrive late or twice', () => {
  it('never leave a customer that both absorbs and is absorbed by a merge that has arrived', () => {
    holds(
      fc.property(moves, (steps) => {
        for (const state of play(steps).states.values()) {
          expect(state.absorbedBy === undefined || Object.keys(state.absorbs).length === 0).toBe(true);
        }
      }),
    );
  });

  it('leave both streams of one mind when everything has arrived', () => {
    holds(
      fc.property(moves, (steps) => {
        const customers = play(steps);
        customers.settle();
        const told: string[] = [];
        const heard: string[] = [];
        for (const [id, { absorbs, absorbedBy }] of customers.states) {
          for (const [mergeId, absorbedId] of Object.entries(absorbs)) told.push(`${mergeId} ${id} ${absorbedId}`);
          if (absorbedBy) heard.push(`${absorbedBy.mergeId} ${absorbedBy.survivorId} ${id}`);
        }
        expect(heard.sort()).toEqual(told.sort());
      }),
    );
  });

  it('leave everybody free when every merge is undone', () => {
    holds(
      fc.property(moves, (steps) => {
        const customers = play(steps);
        customers.settle();
        for (const [survivorId, { absorbs }] of customers.states) {
          for (const [mergeId, absorbedId] of Object.entries(absorbs)) {
            customers.unmerge({ mergeId, survivorId, absorbedId });
          }
        }
        customers.settle();
        for (const { absorbs, absorbedBy } of customers.states.values()) {
          expect({ absorbs, absorbedBy }).toEqual({ absorbs: {}, absorbedBy: undefined });
        }
      }),
    );
  });
});
