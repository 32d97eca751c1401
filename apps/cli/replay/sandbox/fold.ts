import type { Event, Projection } from '../projection.js';
import type { Failure, Step } from './messages.js';

/** An error in the projection's own code, and where in the work it came up. */
export class ProjectionFailed extends Error {
  constructor(
    readonly step: Step,
    override readonly cause: unknown,
    readonly event?: Event,
  ) {
    super(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
    this.name = 'ProjectionFailed';
  }

  get failure(): Failure {
    const { step, message, event, cause } = this;
    return {
      step,
      message,
      stack: cause instanceof Error ? (cause.stack ?? '') : '',
      event: event && { type: event.type, position: String(event.position), eventId: event.eventId },
    };
  }
}

/** The states of a projection by their keys, in the order in which the keys first came up. */
export class Fold {
  private readonly states = new Map<string, unknown>();

  constructor(private readonly projection: Projection<unknown, object>) {}

  /** @throws ProjectionFailed */
  take(event: Event): void {
    const key = attempt('key', () => this.projection.key(event), event);
    if (key === undefined) return;
    if (typeof key !== 'string') {
      throw new ProjectionFailed('key', new TypeError('key must give a text, or undefined.'), event);
    }
    const state = attempt('evolve', () => this.projection.evolve(this.states.get(key), event), event);
    if (state instanceof Promise) {
      throw new ProjectionFailed(
        'evolve',
        new TypeError('evolve must not be async: it gives the state itself.'),
        event,
      );
    }
    if (state === undefined) this.states.delete(key);
    else this.states.set(key, state);
  }

  /** @throws ProjectionFailed */
  rows(): unknown[] {
    const states = [...this.states.values()];
    const rows = attempt('finish', () => this.projection.finish?.(states) ?? states);
    if (!Array.isArray(rows)) throw new ProjectionFailed('finish', new TypeError('finish must give a list of rows.'));
    return rows;
  }
}

/** Runs what an analyst wrote. @throws ProjectionFailed */
export function attempt<T>(step: Step, work: () => T, event?: Event): T {
  try {
    return work();
  } catch (error) {
    throw new ProjectionFailed(step, error, event);
  }
}
