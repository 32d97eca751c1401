import type { DeadLetter } from './dead-letter.js';
import { EventFlow, type FlowOptions, TooManyDeadLetters } from './event-flow.js';
import { retryingOf, Stopping } from './retrying.js';
import { MemoryLetters } from './testing/memory-letters.js';
import { sourceRecord } from './testing/records.js';

const LIVE = new AbortController().signal;

describe('the flow of events', () => {
  it('tries a failed event again, up to the number of attempts', async () => {
    const attempts: number[] = [];
    const { flow, letters } = flowOf({
      handlers: {
        LoyaltyEnrolled: (_, { attempt }) => {
          attempts.push(attempt);
          if (attempt < 3) throw new Error('Not yet.');
        },
      },
    });
    await flow.take(sourceRecord(), LIVE);
    expect(attempts).toEqual([1, 2, 3]);
    expect(letters.entries).toEqual([]);
    expect(flow.counts.handled).toBe(1);
  });

  it('keeps what fails as often as it may, tells of it, and says why', async () => {
    const { flow, letters, told } = flowOf({ handlers: { LoyaltyEnrolled: fail } });
    const record = sourceRecord();
    await flow.take(record, LIVE);
    const letter = { record, reason: 'failed', error: 'Error: No.', at: expect.any(String) };
    expect(letters.entries).toEqual([{ partition: 0, entry: { kind: 'letter', letter } }]);
    expect(told).toEqual([letter]);
    expect(flow.counts).toMatchObject({ handled: 0, deadLettered: 1, followed: 0 });
  });

  it('does not try what breaks the contract', async () => {
    const { flow, told } = flowOf({ handlers: { LoyaltyEnrolled: () => {} } });
    await flow.take(sourceRecord({ data: { customerId: 'me' } }), LIVE);
    await flow.take(sourceRecord({ offset: 1n, key: 'other', headers: { ce_type: undefined } }), LIVE);
    expect(told.map(({ reason, error }) => [reason, error])).toEqual([
      ['invalid', 'customerId must be a UUID in lower case'],
      ['invalid', 'It has no ce_type: it is no CloudEvent in binary mode.'],
    ]);
    expect(flow.counts.handled).toBe(0);
  });

  it('does not hold an event that nobody handles behind a dead letter', async () => {
    const { flow } = flowOf({ handlers: { LoyaltyEnrolled: fail } });
    await flow.take(sourceRecord(), LIVE);
    await flow.take(sourceRecord({ offset: 1n, headers: { ce_type: 'PointsEarned' } }), LIVE);
    await flow.take(sourceRecord({ offset: 2n, headers: { ce_type: 'CustomerTeleported' } }), LIVE);
    expect(flow.counts).toMatchObject({ deadLettered: 1, followed: 0, passedOver: 1, unknown: 1 });
  });

  it('keeps a dead letter once when it comes again', async () => {
    const { flow, letters } = flowOf({ handlers: { LoyaltyEnrolled: fail } });
    await flow.take(sourceRecord(), LIVE);
    await flow.take(sourceRecord(), LIVE);
    expect(letters.entries).toHaveLength(1);
  });

  it('waits for a server that is away, however long, and gives the event back when it stops', async () => {
    const stop = new AbortController();
    let tries = 0;
    const { flow, letters } = flowOf({
      signal: stop.signal,
      handlers: {
        LoyaltyEnrolled: () => {
          tries += 1;
          if (tries === 9) stop.abort();
          throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
        },
      },
    });
    await expect(flow.take(sourceRecord(), LIVE)).rejects.toThrow(Stopping);
    expect(tries).toBe(9);
    expect(letters.entries).toEqual([]);
  });

  it('gives an event back when the partition goes to another member meanwhile', async () => {
    const lost = new AbortController();
    lost.abort();
    const { flow } = flowOf({ handlers: { LoyaltyEnrolled: fail } });
    await expect(flow.take(sourceRecord(), lost.signal)).rejects.toThrow(Stopping);
  });

  it('retries in order up to the first that fails again, whose reason it renews', async () => {
    let poison: bigint | undefined = 0n;
    const handled: bigint[] = [];
    const { flow, store } = flowOf({
      handlers: {
        LoyaltyEnrolled: (_, { offset }) => {
          if (offset === poison) throw new Error(`No to ${offset}.`);
          handled.push(offset);
        },
      },
    });
    for (const offset of [0n, 1n, 2n]) await flow.take(sourceRecord({ offset }), LIVE);
    poison = 1n;
    const { key } = sourceRecord();
    await flow.retry(0, key, () => true, LIVE);
    expect(handled).toEqual([0n]);
    expect(store.table.letters(0, key).map(({ record, reason, error }) => [record.offset, reason, error])).toEqual([
      [1n, 'failed', 'Error: No to 1.'],
      [2n, 'follows', undefined],
    ]);
  });

  it("leaves the dead letters of a partition that is another member's by now", async () => {
    const { flow, letters } = flowOf({ handlers: { LoyaltyEnrolled: fail } });
    await flow.take(sourceRecord(), LIVE);
    await flow.retry(0, sourceRecord().key, () => false, LIVE);
    expect(letters.entries).toHaveLength(1);
  });

  it('stops before the topic becomes dead letters', async () => {
    const { flow, letters } = flowOf({ handlers: { LoyaltyEnrolled: fail }, mostKeysAMinute: 2 });
    await flow.take(sourceRecord({ offset: 0n, key: 'a' }), LIVE);
    await flow.take(sourceRecord({ offset: 1n, key: 'b' }), LIVE);
    await expect(flow.take(sourceRecord({ offset: 2n, key: 'c' }), LIVE)).rejects.toThrow(TooManyDeadLetters);
    expect(letters.entries).toHaveLength(2);
  });
});

function flowOf(options: Partial<FlowOptions<undefined>>) {
  const letters = new MemoryLetters();
  const store = letters.open();
  const told: DeadLetter[] = [];
  const flow = new EventFlow<undefined>(store, {
    handlers: {},
    retrying: retryingOf({ attempts: 3, firstDelayMs: 0 }),
    mostKeysAMinute: 20,
    told: (letter) => told.push(letter),
    signal: LIVE,
    ...options,
  });
  return { flow, letters, store, told };
}

function fail(): never {
  throw new Error('No.');
}
