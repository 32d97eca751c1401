import type { Position, SourceName } from '../processor.js';
import type { RunnerState } from '../runner.js';
import type { Making } from './view-facts.js';

/**
 * How a processor is, the most worrying first. `stuck`: it has had something to do, or failed, for so long without a
 * step that somebody has to look. `behind`: it lags, and moves. `rebuilding`: it is a build that is being made;
 * `abandoned`: it was, and whoever made it is gone. `standby`: other workers do it. `running`: it has stored everything, or follows at less than a second.
 */
export const HEALTH_STATES = [
  'stopped',
  'stuck',
  'no worker runs it',
  'retrying',
  'opening',
  'behind',
  'rebuilding',
  'abandoned',
  'standby',
  'running',
] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** Whether nobody has to do anything about it. */
export function isWell(state: HealthState): boolean {
  return state === 'standby' || state === 'rebuilding' || state === 'abandoned' || isAtWork(state);
}

/** Whether it does what it is there for: events that it has are stored, others are on their way. */
export function isAtWork(state: HealthState): boolean {
  return state === 'running' || state === 'behind';
}

/** What has been recorded and not been stored. */
export interface Lag {
  /** How much of the log lies between it and the head, in log positions. */
  positions: number;
  /** When the oldest event that it has not stored was recorded; undefined when it has stored all. In ms, as all here. */
  since: number | undefined;
}

/** What the worker that runs it says of a processor. */
export interface Told {
  /** undefined: no worker runs it. */
  phase: RunnerState['kind'] | undefined;
  /** Since when it has failed without having stored anything in between; undefined: it has not. */
  failingSince: number | undefined;
}

/** A segment of a processor: a part of the customers, or all of them. */
export interface ObservedSegment extends Told {
  segment: number;
  position: Position;
  lag: Lag;
  /** When it stored something last. */
  movedAt: number | undefined;
}

export interface SegmentHealth {
  segment: number;
  state: HealthState;
  /** null: nothing stored yet. */
  position: bigint | null;
  lagPositions: number;
  lagSeconds: number;
}

/** A processor as health, status and metrics tell it. */
export interface ProcessorHealth {
  name: string;
  /** That of its segments that is most worrying. */
  state: HealthState;
  /** Of the segment that is furthest behind; null where nothing is stored, or no segment is known of. */
  position: bigint | null;
  lagPositions: number | null;
  lagSeconds: number | null;
  /** What it took lately; null where no worker tells it. */
  eventsPerSecond: number | null;
  /** How many keys of a view wait for somebody to mend what is wrong with an event. */
  parked: number;
  /** From where its workers take its events: of one source, as a rule. */
  sources: readonly SourceName[];
  segments: SegmentHealth[];
}

/** Every processor, and the position of the last event that is no system event. */
export interface ProcessorsHealth {
  head: bigint | null;
  processors: ProcessorHealth[];
}

/** What is known of a processor. */
export interface Observation {
  name: string;
  /** Its state where no segment is known of: a worker that holds none, or cannot tell. */
  told: Told;
  segments: readonly ObservedSegment[];
  eventsPerSecond?: number | undefined;
  parked: number;
  sources: readonly SourceName[];
  /** Of a build that is not ready. */
  making?: Making | undefined;
}

/** At less than this it follows: an event takes a moment. */
const FOLLOWS_WITHIN_MS = 1_000;
const NO_LAG: Lag = { positions: 0, since: undefined };

/** The health at a moment. Pure. */
export function processorHealth(observation: Observation, now: number, stuckAfterMs: number): ProcessorHealth {
  const { name, told, eventsPerSecond = null, parked, sources, making } = observation;
  const segments = observation.segments.map((segment): SegmentHealth => {
    const { position = null, lag } = segment;
    const state = making ?? stateOf(segment, now, stuckAfterMs);
    return { segment: segment.segment, state, position, lagPositions: lag.positions, lagSeconds: secondsOf(lag, now) };
  });
  const states = segments.map(({ state }) => state);
  const [first, ...others] = segments;
  const last = others.reduce((a, b) => (b.lagPositions > a!.lagPositions ? b : a), first);
  const unknown = () => making ?? stateOf({ ...told, lag: NO_LAG, movedAt: undefined }, now, stuckAfterMs);
  return {
    name,
    state: HEALTH_STATES.find((state) => states.includes(state)) ?? unknown(),
    position: last?.position ?? null,
    lagPositions: last?.lagPositions ?? null,
    lagSeconds: first ? Math.max(...segments.map(({ lagSeconds }) => lagSeconds)) : null,
    eventsPerSecond,
    parked,
    sources,
    segments,
  };
}

function stateOf(
  { phase, failingSince, lag, movedAt }: Told & Pick<ObservedSegment, 'lag' | 'movedAt'>,
  now: number,
  stuckAfterMs: number,
): HealthState {
  const isLong = (since: number) => now - since >= stuckAfterMs;
  switch (phase) {
    case undefined:
    case 'absent':
      return 'no worker runs it';
    case 'standby':
    case 'stopped':
      return phase;
    case 'opening':
    case 'retrying':
      return failingSince !== undefined && isLong(failingSince) ? 'stuck' : phase;
    case 'running': {
      if (lag.since === undefined) return 'running';
      // It has opened again after an error, and has yet to show that it can go on.
      if (failingSince !== undefined) return isLong(failingSince) ? 'stuck' : 'retrying';
      // Without a move for so long, while there was something to do.
      if (isLong(Math.max(lag.since, movedAt ?? 0))) return 'stuck';
      return now - lag.since < FOLLOWS_WITHIN_MS ? 'running' : 'behind';
    }
  }
}

/** The age of the oldest event that is not stored, to the millisecond; 0 when there is none. */
function secondsOf({ since }: Lag, now: number): number {
  return since === undefined ? 0 : Math.max(0, now - since) / 1_000;
}
