import type { EventStore } from '#event-store/event-store.js';
import type { Position } from '../processor.js';
import type { RunnerState } from '../runner.js';
import { OldestWaiting } from './oldest-waiting.js';
import type { ProcessorActivities } from './processor-activity.js';
import { type Lag, type ProcessorHealth, type ProcessorsHealth, processorHealth } from './processor-health.js';

/** Whatever runs in a worker and can say how it is. */
export interface Trackable {
  readonly name: string;
  readonly kind: string;
  readonly state: RunnerState;
  readonly position: Position;
}

/** What a worker tells the others of a processor, besides its state. */
export interface ToldOthers {
  /** Since when it has failed, as an instant. */
  failingSince?: string;
  eventsPerSecond: number;
}

const EVERY_MS = 1_000;
/** Over how long the rate is taken. */
const RATE_MS = 10_000;
/** A store that does not answer must not keep anybody from hearing so: what was known last is told then. */
const ANSWER_MS = 1_000;
const NO_LAG: Lag = { positions: 0, since: undefined };

interface Tracked {
  processor: Trackable;
  lag: Lag;
  /** Where it stood at the last look. */
  stood: Position;
  /** How much it had taken at what time, oldest first. */
  taken: { at: number; events: number }[];
}

/** Knows of every processor of this worker how it is, by looking once a second, whether servers answer or not. */
export class ProcessorTracker {
  private readonly tracked: Tracked[];
  private readonly oldest: OldestWaiting;
  private head: Position;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly store: Pick<EventStore, 'head' | 'firstAfter'>,
    processors: readonly Trackable[],
    private readonly activities: ProcessorActivities,
    private readonly stuckAfterMs: number,
    private readonly now: () => number = Date.now,
  ) {
    this.oldest = new OldestWaiting(store);
    this.tracked = processors.map((processor) => ({ processor, lag: NO_LAG, stood: undefined, taken: [] }));
  }

  /** What the heartbeat tells: each processor's state with what others need to judge it. */
  get reports(): (Omit<Trackable, 'position'> & { state: RunnerState & ToldOthers })[] {
    return this.tracked.map((tracked) => {
      const { name, kind } = tracked.processor;
      const rate = () => rateOf(tracked.taken);
      const since = () => this.failingSince(tracked);
      return {
        name,
        kind,
        get state() {
          const failingSince = since();
          return {
            ...tracked.processor.state,
            ...(failingSince !== undefined && { failingSince: new Date(failingSince).toISOString() }),
            eventsPerSecond: rate(),
          };
        },
      };
    });
  }

  start(): void {
    this.timer = setInterval(() => void this.look(), EVERY_MS);
    void this.look();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** How every processor is at this moment. */
  async health(): Promise<ProcessorsHealth> {
    await this.look();
    const now = this.now();
    return { head: this.head ?? null, processors: this.tracked.map((tracked) => this.healthOf(tracked, now)) };
  }

  private healthOf(tracked: Tracked, now: number): ProcessorHealth {
    const { processor, lag, taken } = tracked;
    const { name, position, state } = processor;
    const { movedAt } = this.activities.of(name);
    const told = { phase: state.kind, failingSince: this.failingSince(tracked), eventsPerSecond: rateOf(taken) };
    return processorHealth(name, told, [{ segment: 0, position, lag, movedAt }], now, this.stuckAfterMs);
  }

  private look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    await answered(
      this.store.head().then((head) => {
        this.head = head;
      }),
    );
    await answered(Promise.all(this.tracked.map((tracked) => this.lookAt(tracked))));
    const now = this.now();
    for (const tracked of this.tracked) this.judge(tracked, now);
  }

  private async lookAt(tracked: Tracked): Promise<void> {
    tracked.lag = await this.oldest.lagOf(tracked.processor.position, this.head);
  }

  private judge(tracked: Tracked, now: number): void {
    const {
      processor: { name, state, position },
      lag,
      taken,
    } = tracked;
    const activity = this.activities.of(name);
    // Not everything that moves takes batches of events.
    if (position !== tracked.stood) activity.movedAt = now;
    tracked.stood = position;
    if (state.kind === 'opening' || state.kind === 'retrying') activity.failingSince ??= now;
    // There is nothing that it could show to be able to do.
    else if (lag.since === undefined || activity.failures === 0) activity.failingSince = undefined;
    taken.push({ at: now, events: activity.events });
    while (taken.length > 2 && now - taken[1]!.at >= RATE_MS) taken.shift();
  }

  private failingSince({ processor: { name, state } }: Tracked): number | undefined {
    return state.kind === 'standby' || state.kind === 'stopped' ? undefined : this.activities.of(name).failingSince;
  }
}

/** Events a second between the first and the last look. */
function rateOf(taken: { at: number; events: number }[]): number {
  const [first, last] = [taken[0], taken.at(-1)];
  if (!first || !last || last.at === first.at) return 0;
  return Math.round(((last.events - first.events) / (last.at - first.at)) * 10_000) / 10;
}

/** Waits for an answer, for as long as there is time, and not for the right one. */
async function answered(asked: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ANSWER_MS);
  });
  await Promise.race([asked.catch(() => {}), late]);
  clearTimeout(timer);
}
