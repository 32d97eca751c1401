import type { EventStore } from '#event-store/event-store.js';
import type { Position, SegmentPosition, SourceName } from '../processor.js';
import type { RunnerState } from '../runner.js';
import { OldestWaiting } from './oldest-waiting.js';
import type { ProcessorActivities } from './processor-activity.js';
import {
  type Lag,
  type Observation,
  type ProcessorHealth,
  type ProcessorsHealth,
  processorHealth,
  type Told,
} from './processor-health.js';
import { NO_FACTS, type ViewFacts } from './view-facts.js';

/** Whatever runs in a worker and can say how it is. */
export interface Trackable {
  readonly name: string;
  readonly kind: string;
  readonly state: RunnerState;
  readonly position: Position;
  /** Left out: the event store. */
  readonly source?: SourceName;
  /** The segments that it holds, where it has more than one. */
  readonly segments?: readonly SegmentPosition[] | undefined;
}

/** What a worker tells the others of a processor, besides its state. */
export interface ToldOthers {
  /** Since when it has failed, as an instant. */
  failingSince?: string;
  eventsPerSecond: number;
  source: SourceName;
  /** Those that it holds, or held when it began to fail. */
  segments: number[];
}

export interface TrackerParts {
  store: Pick<EventStore, 'head' | 'firstAfter'>;
  processors: readonly Trackable[];
  activities: ProcessorActivities;
  facts(): Promise<ViewFacts>;
  stuckAfterMs: number;
  now?: () => number;
}

const EVERY_MS = 1_000;
/** Over how long the rate is taken. */
const RATE_MS = 10_000;
/** A server that does not answer must not keep anybody from hearing so: what was known last is told then. */
const ANSWER_MS = 1_000;
const NOBODY: Told = { phase: undefined, failingSince: undefined };
const NO_LAG: Lag = { positions: 0, since: undefined };

interface Tracked {
  processor: Trackable;
  /** The segments that it holds, or held before it began to fail, as they were at the last look. */
  segments: { segment: number; position: Position; lag: Lag }[];
  /** Where it stood at the last look. */
  stood: Position;
  /** How much it had taken at what time, oldest first. */
  taken: { at: number; events: number }[];
}

/** Knows of every processor of this worker how it is, by looking once a second, whether servers answer or not. */
export class ProcessorTracker {
  private readonly tracked: Tracked[];
  private readonly oldest: OldestWaiting;
  private readonly now: () => number;
  private head: Position;
  private facts = NO_FACTS;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(private readonly parts: TrackerParts) {
    this.now = parts.now ?? Date.now;
    this.oldest = new OldestWaiting(parts.store);
    this.tracked = parts.processors.map((processor) => ({ processor, segments: [], stood: undefined, taken: [] }));
  }

  /** What the heartbeat tells: each processor's state with what others need to judge it. */
  get reports(): { name: string; kind: string; state: RunnerState & ToldOthers }[] {
    const failingSince = (tracked: Tracked) => this.failingSince(tracked);
    return this.tracked.map((tracked) => ({
      name: tracked.processor.name,
      kind: tracked.processor.kind,
      get state() {
        const since = failingSince(tracked);
        return {
          ...tracked.processor.state,
          ...(since !== undefined && { failingSince: new Date(since).toISOString() }),
          eventsPerSecond: rateOf(tracked.taken),
          source: tracked.processor.source ?? 'event-store',
          segments: tracked.segments.map(({ segment }) => segment),
        };
      },
    }));
  }

  start(): void {
    this.timer = setInterval(() => void this.look(), EVERY_MS);
    void this.look();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** How every processor is at this moment, and every build that is being made. */
  async health(): Promise<ProcessorsHealth> {
    await this.look();
    const now = this.now();
    const present = this.tracked.filter(({ processor }) => processor.state.kind !== 'absent');
    const building = [...this.facts.building.keys()].map((name) => this.healthOf({ name }, now));
    return {
      head: this.head ?? null,
      processors: [...present.map((each) => this.trackedHealth(each, now)), ...building],
    };
  }

  private trackedHealth(tracked: Tracked, now: number): ProcessorHealth {
    const { name, state, source = 'event-store' } = tracked.processor;
    const told = { phase: state.kind, failingSince: this.failingSince(tracked) };
    const { movedAt } = this.parts.activities.of(name);
    const segments = tracked.segments.map((segment) => ({ ...segment, ...told, movedAt }));
    return this.healthOf({ name, told, segments, eventsPerSecond: rateOf(tracked.taken), sources: [source] }, now);
  }

  private healthOf(observed: Pick<Observation, 'name'> & Partial<Observation>, now: number): ProcessorHealth {
    const { name, told = NOBODY, segments = [], eventsPerSecond, sources = [] } = observed;
    const parked = this.facts.parked.get(name) ?? 0;
    const making = this.facts.building.get(name);
    const observation = { name, told, segments, eventsPerSecond, parked, sources, making };
    return processorHealth(observation, now, this.parts.stuckAfterMs);
  }

  private look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    const { store, facts } = this.parts;
    await Promise.all([
      answered(store.head(), (head) => {
        this.head = head;
      }),
      answered(facts(), (told) => {
        this.facts = told;
      }),
    ]);
    await Promise.all(this.tracked.map((tracked) => this.lookAt(tracked)));
    const now = this.now();
    for (const tracked of this.tracked) this.judge(tracked, now);
  }

  private async lookAt(tracked: Tracked): Promise<void> {
    const { state, position, segments } = tracked.processor;
    if (state.kind === 'standby' || state.kind === 'absent') tracked.segments = [];
    if (state.kind === 'running') {
      const lags = new Map(tracked.segments.map(({ segment, lag }) => [segment, lag]));
      const held = segments ?? [{ segment: 0, position }];
      tracked.segments = held.map(({ segment, position }) => {
        return { segment, position, lag: lags.get(segment) ?? NO_LAG };
      });
    }
    await Promise.all(
      tracked.segments.map((segment) =>
        answered(this.oldest.lagOf(segment.position, this.head), (lag) => {
          segment.lag = lag;
        }),
      ),
    );
  }

  private judge(tracked: Tracked, now: number): void {
    const { processor, segments, taken } = tracked;
    const activity = this.parts.activities.of(processor.name);
    // Not everything that moves takes batches of events.
    if (processor.position !== tracked.stood) activity.movedAt = now;
    tracked.stood = processor.position;
    const { kind } = processor.state;
    if (kind === 'opening' || kind === 'retrying') activity.failingSince ??= now;
    else if (activity.failures === 0 || segments.every(({ lag }) => lag.since === undefined)) {
      // There is nothing that it would have to show that it can do.
      activity.failingSince = undefined;
    }
    taken.push({ at: now, events: activity.events });
    while (taken.length > 2 && now - taken[1]!.at >= RATE_MS) taken.shift();
  }

  private failingSince({ processor: { name, state } }: Tracked): number | undefined {
    const isWell = state.kind === 'standby' || state.kind === 'absent' || state.kind === 'stopped';
    return isWell ? undefined : this.parts.activities.of(name).failingSince;
  }
}

/** Events a second between the first and the last look. */
function rateOf(taken: Tracked['taken']): number {
  const [first, last] = [taken[0], taken.at(-1)];
  if (!first || !last || last.at === first.at) return 0;
  return Math.round(((last.events - first.events) / (last.at - first.at)) * 10_000) / 10;
}

/** Takes the answer if there is one in time. */
async function answered<T>(asked: Promise<T>, take: (answer: T) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ANSWER_MS);
  });
  await Promise.race([asked.then(take, () => {}), late]);
  clearTimeout(timer);
}
