import type { Pool } from 'pg';
import type { Recorded } from '#contracts/envelope.js';
import type { Checkpoint, HeldCheckpoint } from './checkpoints.js';
import type { Leases } from './leases.js';
import type { Position, Processor } from './processor.js';

/** What a policy processor runs: it answers the position of the last event that it appended, if any. */
export interface Reaction {
  name: string;
  /** Where it begins when it has no checkpoint: most policies speak of the present only. */
  startAt: 'beginning' | 'head';
  react(events: Recorded[]): Promise<bigint | undefined>;
}

/**
 * Runs a policy. Its commands are sent before the checkpoint moves, so after a crash some are sent again: each is
 * guarded by its source in the domain, which recognises it.
 */
export class PolicyProcessor implements Processor {
  readonly kind = 'policy';
  readonly name: string;
  private held: HeldCheckpoint | undefined;

  constructor(
    private readonly reaction: Reaction,
    private readonly pool: Pool,
    private readonly checkpoint: Checkpoint,
    private readonly leases: Leases,
    private readonly endOfStore: () => Promise<Position>,
  ) {
    this.name = reaction.name;
  }

  async open(): Promise<Position> {
    await this.leases.take(this.name);
    const first = this.reaction.startAt === 'head' ? await this.endOfStore() : undefined;
    this.held = await this.checkpoint.takeOver(first, this.endOfStore);
    return this.held.position;
  }

  async process(events: Recorded[], through: bigint): Promise<void> {
    const appended = await this.reaction.react(events);
    this.held = await this.checkpoint.advance(this.pool, this.held!, through, appended);
  }

  async close(): Promise<void> {
    await this.leases.giveBack(this.name);
  }
}
