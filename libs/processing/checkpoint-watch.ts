import { EventEmitter } from 'node:events';
import type pg from 'pg';
import { createClient } from '#platform/database/pool.js';
import { CHECKPOINT_CHANNEL } from './checkpoints.js';

const RECONNECT_MS = 250;

/** A processor did not come as far as it was asked for in the time there was. */
export class Lagging extends Error {
  constructor(
    readonly processors: string[],
    readonly position: bigint,
  ) {
    super(`${processors.join(', ')} has not reached position ${position} yet.`);
    this.name = 'Lagging';
  }
}

/** Hears from PostgreSQL whenever a checkpoint moves, so that waiting for a position needs no polling. */
export class CheckpointWatch {
  private readonly moved = new EventEmitter().setMaxListeners(0);
  private client: pg.Client | undefined;
  private closing = false;

  constructor(private readonly url: string) {}

  /** Listens, and goes on trying to when the connection breaks. */
  async start(): Promise<void> {
    if (this.closing) return;
    const client = createClient(this.url);
    this.client = client;
    const again = () => {
      if (this.client !== client || this.closing) return;
      this.client = undefined;
      setTimeout(() => void this.start().catch(() => {}), RECONNECT_MS).unref();
    };
    client.on('error', again).on('end', again);
    client.on('notification', ({ payload }) => this.moved.emit(payload?.split(' ')[0] ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${CHECKPOINT_CHANNEL}`);
    } catch (error) {
      again();
      throw error;
    }
    // Whatever moved while nobody listened was not heard.
    this.moved.emit('any');
  }

  /**
   * Calls `attempt` until it answers, each time one of the processors has moved.
   * @throws Lagging when it has not answered in time.
   */
  async until<T>(
    processors: string[],
    position: bigint,
    timeoutMs: number,
    attempt: () => Promise<T | undefined>,
  ): Promise<T> {
    let wake: () => void = () => {};
    let heard = false;
    const hear = () => {
      heard = true;
      wake();
    };
    // Not told by the clock: a timer may fire a little before its time, and nobody would wake this again.
    let isOver = false;
    const deadline = setTimeout(() => {
      isOver = true;
      hear();
    }, timeoutMs);
    for (const name of [...processors, 'any']) this.moved.on(name, hear);
    try {
      while (true) {
        heard = false;
        const isLast = isOver;
        const answer = await attempt();
        if (answer !== undefined) return answer;
        if (isLast) throw new Lagging(processors, position);
        if (!heard) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      clearTimeout(deadline);
      for (const name of [...processors, 'any']) this.moved.off(name, hear);
    }
  }

  /**
   * Calls `hear` whenever the processor's checkpoint has moved, or may have.
   * @returns ends it.
   */
  onMoved(processor: string, hear: () => void): () => void {
    for (const name of [processor, 'any']) this.moved.on(name, hear);
    return () => {
      for (const name of [processor, 'any']) this.moved.off(name, hear);
    };
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.client?.end().catch(() => {});
  }
}
