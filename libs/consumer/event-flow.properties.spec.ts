import fc from 'fast-check';
import { holdsInAsync } from '#testing/property.js';
import { EventFlow } from './event-flow.js';
import type { Inbox } from './handlers.js';
import { retryingOf } from './retrying.js';
import { MemoryLetters } from './testing/memory-letters.js';
import { sourceRecord } from './testing/records.js';

const KEYS = ['a', 'b', 'c'];
const LIVE = new AbortController().signal;

/** What may happen, one after another, to the subscriber of one partition. */
type Step =
  | { do: 'take'; count: number }
  /** The process is killed: what was not committed comes again, to a new one. */
  | { do: 'crash' }
  | { do: 'commit' }
  | { do: 'retry'; key: string }
  | { do: 'heal'; offset: number };

const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ do: fc.constant('take' as const), count: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ do: fc.constant('crash' as const) }),
    fc.record({ do: fc.constant('commit' as const) }),
    fc.record({ do: fc.constant('retry' as const), key: fc.constantFrom(...KEYS) }),
    fc.record({ do: fc.constant('heal' as const), offset: fc.nat({ max: 29 }) }),
  ),
  { minLength: 1, maxLength: 40 },
);

const topics = fc.array(fc.record({ key: fc.constantFrom(...KEYS), isPoison: fc.boolean(), isShaky: fc.boolean() }), {
  minLength: 1,
  maxLength: 30,
});

describe('the flow of events, whatever fails, is retried, or is killed', () => {
  it('handles every event, once with an inbox, and those of one key in order', async () => {
    await holdsInAsync(
      fc.asyncProperty(topics, steps, async (topic, played) => {
        const run = new Run(topic);
        for (const step of played) await run.play(step);
        await run.toTheEnd();
        for (const key of KEYS) {
          const all = topic.flatMap((event, offset) => (event.key === key ? [offset] : []));
          expect(run.handled.filter(([handledKey]) => handledKey === key).map(([, offset]) => offset)).toEqual(all);
        }
        expect(run.letters.open().table.letters(0)).toEqual([]);
      }),
    );
  });

  it('never lets an event of a key pass an earlier one that was not handled, without an inbox either', async () => {
    await holdsInAsync(
      fc.asyncProperty(topics, steps, async (topic, played) => {
        const run = new Run(topic, { withInbox: false });
        for (const step of played) await run.play(step);
        await run.toTheEnd();
        for (const key of KEYS) {
          const all = topic.flatMap((event, offset) => (event.key === key ? [offset] : []));
          const offsets = run.handled.filter(([handledKey]) => handledKey === key).map(([, offset]) => offset);
          expect([...new Set(offsets)]).toEqual(all);
        }
      }),
    );
  });
});

/** One partition, its subscriber, and what outlives the subscriber. */
class Run {
  readonly handled: [key: string, offset: number][] = [];
  readonly letters = new MemoryLetters();
  private readonly inbox = new MemoryInbox();
  private readonly healed = new Set<number>();
  private readonly tried = new Set<number>();
  private committed = 0;
  private next = 0;
  private flow: EventFlow<undefined>;

  constructor(
    private readonly topic: { key: string; isPoison: boolean; isShaky: boolean }[],
    private readonly options: { withInbox: boolean } = { withInbox: true },
  ) {
    this.flow = this.start();
  }

  async play(step: Step): Promise<void> {
    switch (step.do) {
      case 'take':
        for (let left = step.count; left > 0 && this.next < this.topic.length; left--) await this.take();
        return;
      case 'commit':
        this.committed = this.next;
        return;
      case 'crash':
        this.next = this.committed;
        this.flow = this.start();
        return;
      case 'retry':
        return this.flow.retry(0, step.key, () => true, LIVE);
      case 'heal':
        this.healed.add(step.offset);
    }
  }

  /** Nothing is wrong any more, everything comes, and everything is retried. */
  async toTheEnd(): Promise<void> {
    for (const offset of this.topic.keys()) this.healed.add(offset);
    await this.play({ do: 'take', count: this.topic.length });
    for (const key of KEYS) await this.play({ do: 'retry', key });
  }

  private async take(): Promise<void> {
    const { key } = this.topic[this.next]!;
    await this.flow.take(sourceRecord({ key, offset: BigInt(this.next) }), LIVE);
    this.next += 1;
  }

  private start(): EventFlow<undefined> {
    return new EventFlow(this.letters.open(), {
      retrying: retryingOf({ attempts: 2, firstDelayMs: 0 }),
      mostKeysAMinute: KEYS.length,
      told: () => {},
      signal: LIVE,
      ...(this.options.withInbox && { inbox: this.inbox }),
      handlers: {
        LoyaltyEnrolled: (_, { key, offset }) => {
          const { isPoison, isShaky } = this.topic[Number(offset)]!;
          if (isPoison && !this.healed.has(Number(offset))) throw new Error('It is poison.');
          if (isShaky && !this.tried.has(Number(offset))) {
            this.tried.add(Number(offset));
            throw new Error('Not at the first try.');
          }
          this.handled.push([key, Number(offset)]);
        },
      },
    });
  }
}

class MemoryInbox implements Inbox<undefined> {
  private readonly known = new Set<string>();

  async once(eventId: string, handle: (client: undefined) => Promise<void>): Promise<boolean> {
    if (this.known.has(eventId)) return false;
    await handle(undefined);
    this.known.add(eventId);
    return true;
  }
}
