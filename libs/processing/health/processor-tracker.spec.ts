import type { Processor, SegmentPosition } from '../processor.js';
import type { RunnerState } from '../runner.js';
import { ProcessorActivities } from './processor-activity.js';
import { ProcessorTracker, type Trackable } from './processor-tracker.js';
import { NO_FACTS, type ViewFacts } from './view-facts.js';

const BEGAN = Date.parse('2026-06-15T10:00:00Z');
const STUCK_AFTER_MS = 30_000;

let now: number;
let head: bigint;
let reads: number;
let storeIsAway: boolean;
let processor: Omit<Processor, 'segments'> &
  Trackable & { state: RunnerState; position: bigint | undefined; segments?: SegmentPosition[] };
let activities: ProcessorActivities;
let facts: ViewFacts;
let tracker: ProcessorTracker;

beforeEach(() => {
  now = BEGAN;
  head = 100n;
  reads = 0;
  storeIsAway = false;
  const state: RunnerState = { kind: 'running' };
  processor = { name: 'spec', kind: 'projection', state, position: 100n } as typeof processor;
  activities = new ProcessorActivities(() => now);
  const store = {
    head: async () => {
      if (storeIsAway) throw new Error('UNAVAILABLE');
      return head;
    },
    // Whatever follows on 100 was recorded a second after the beginning.
    firstAfter: async (position: bigint | undefined) => {
      reads += 1;
      if (storeIsAway) throw new Error('UNAVAILABLE');
      return { position: (position ?? -1n) + 1n, recordedAt: new Date(BEGAN + 1_000).toISOString() };
    },
  };
  facts = NO_FACTS;
  tracker = new ProcessorTracker({
    store,
    processors: [processor],
    activities,
    facts: async () => facts,
    stuckAfterMs: STUCK_AFTER_MS,
    now: () => now,
  });
});

async function later(seconds: number) {
  now += seconds * 1_000;
  return (await tracker.health()).processors[0]!;
}

const store = (events: number) => {
  const work = async () => {
    processor.position = (processor.position ?? 0n) + BigInt(events);
  };
  return activities.batch(processor, Array(events).fill({ metadata: {} }), work);
};

describe('the tracker of processors', () => {
  it('tells the head, and the age of the oldest event that is not stored', async () => {
    head = 104n;
    expect(await later(10)).toMatchObject({ state: 'behind', position: 100n, lagPositions: 4, lagSeconds: 9 });
    await store(4);
    expect(await later(0)).toMatchObject({ state: 'running', position: 104n, lagPositions: 0, lagSeconds: 0 });
    expect((await tracker.health()).head).toBe(104n);
  });

  it('asks the store once for what follows on a position', async () => {
    head = 104n;
    for (let n = 0; n < 5; n++) await later(1);
    expect(reads).toBe(1);
  });

  it('tells events a second over the last ten', async () => {
    head = 1_000n;
    await later(0);
    for (let n = 0; n < 20; n++) {
      await store(30);
      await later(1);
    }
    expect((await later(0)).eventsPerSecond).toBe(30);
    for (let n = 0; n < 12; n++) await later(1);
    expect((await later(0)).eventsPerSecond).toBe(0);
  });

  it('tells behind from stuck by whether it moves', async () => {
    head = 1_000n;
    for (let n = 0; n < 8; n++) {
      await store(1);
      expect((await later(10)).state).toBe('behind');
    }
    expect((await later(29.9)).state).toBe('behind');
    expect((await later(0.2)).state).toBe('stuck');
    await store(1);
    expect((await later(1)).state).toBe('behind');
  });

  it('counts what moves without batches of events as moving', async () => {
    head = 1_000n;
    await later(29);
    processor.position = 200n;
    expect((await later(29)).state).toBe('behind');
    expect((await later(29)).state).toBe('behind');
    expect((await later(2)).state).toBe('stuck');
  });

  it('goes from retrying to stuck while a server is away, and back when it has returned', async () => {
    await later(0);
    storeIsAway = true;
    processor.state = { kind: 'retrying', error: 'away' };
    expect((await later(1)).state).toBe('retrying');
    expect((await later(29)).state).toBe('retrying');
    expect(await later(1)).toMatchObject({ state: 'stuck', position: 100n, lagPositions: 0 });
    storeIsAway = false;
    processor.state = { kind: 'running' };
    expect((await later(1)).state).toBe('running');
  });

  it('remembers a failure until something is stored, though the processor opens again in between', async () => {
    head = 110n;
    await later(0);
    for (let n = 0; n < 10; n++) {
      await expect(activities.batch(processor, [], () => Promise.reject(new Error('full')))).rejects.toThrow('full');
      activities.failed(processor);
      processor.state = { kind: n % 2 === 0 ? 'retrying' : 'running' } as RunnerState;
      expect((await later(2)).state).toBe('retrying');
    }
    expect((await later(10)).state).toBe('stuck');
    await store(1);
    expect((await later(0.5)).state).toBe('behind');
  });

  it('tells the others since when it fails, and how fast it is', async () => {
    await later(0);
    const told = () => tracker.reports.map(({ name, kind, state }) => ({ name, kind, state }));
    expect(told()).toEqual([
      {
        name: 'spec',
        kind: 'projection',
        state: { kind: 'running', eventsPerSecond: 0, source: 'event-store', segments: [0] },
      },
    ]);
    activities.failed(processor);
    processor.state = { kind: 'retrying', error: 'full' };
    const state = {
      kind: 'retrying',
      error: 'full',
      failingSince: '2026-06-15T10:00:00.000Z',
      eventsPerSecond: 0,
      source: 'event-store',
      segments: [0],
    };
    expect(told()).toEqual([{ name: 'spec', kind: 'projection', state }]);
  });

  it('tells of each segment that it holds, of none while it stands by, and of the last while it fails', async () => {
    head = 110n;
    processor.segments = [
      { segment: 3, position: 110n },
      { segment: 7, position: 100n },
    ];
    const segments = [
      { segment: 3, position: 110n, lagPositions: 0, lagSeconds: 0 },
      { segment: 7, position: 100n, lagPositions: 10, lagSeconds: 4 },
    ];
    expect(await later(5)).toMatchObject({ state: 'behind', position: 100n, segments });
    processor.segments = undefined as never;
    processor.state = { kind: 'retrying', error: 'away' };
    expect((await later(0)).segments).toMatchObject(segments);
    processor.state = { kind: 'standby' };
    expect(await later(0)).toMatchObject({ state: 'standby', lagPositions: null, segments: [] });
  });

  it('leaves out what does not exist, and tells of builds that are being made and of parked keys', async () => {
    facts = { parked: new Map([['spec', 2]]), builds: ['spec@next'], building: new Map([['spec@next', 'rebuilding']]) };
    expect((await tracker.health()).processors).toMatchObject([
      { name: 'spec', state: 'running', parked: 2 },
      { name: 'spec@next', state: 'rebuilding', segments: [] },
    ]);
    processor.state = { kind: 'absent' };
    expect((await tracker.health()).processors).toMatchObject([{ name: 'spec@next' }]);
  });
});
