import type { CommandBus } from '@nestjs/cqrs';
import pLimit from 'p-limit';
import type { Pool } from 'pg';
import type { StreamCommands } from '#commands/stream-commands.js';
import { areRules } from '#contracts/rules.events.js';
import { RuleViolation } from '#domain/decider.js';
import { retentionRulesOn } from '#domain/retention/rules.js';
import { rules } from '#domain/rules/rules.decider.js';
import type { EventStore } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import type { Logger } from '#platform/logger.js';
import { reviewOf } from '#policies/silence.js';
import type { CheckpointWatch } from '#processing/checkpoint-watch.js';
import { purchaseRhythm } from '#read-models/purchase-rhythm/purchase-rhythm.projection.js';
import { rhythmPosition, silentCustomers } from '#read-models/purchase-rhythm/purchase-rhythm.query.js';

export interface ReviewParts {
  store: Pick<EventStore, 'head'>;
  streams: StreamCommands;
  pool: Pool;
  watch: Pick<CheckpointWatch, 'until'>;
  bus: CommandBus;
  clock: Clock;
  logger: Logger;
}

/** Silence is told in days: a minute later is early enough. */
const EVERY_MS = 60_000;
const IN_FLIGHT = 16;
const CATCHES_UP_WITHIN_MS = 2_000;

/**
 * Looks now and then for customers who have been silent for too long, by the rules as they are published at that time.
 * What it has to say is recognised by the domain when it was said before, so that it needs no memory: after a restart,
 * or in two workers at once, it says the same.
 */
export class SilenceReview {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private closing = false;

  constructor(private readonly parts: ReviewParts) {}

  start(): void {
    this.running = this.review()
      .catch((error: Error) => this.parts.logger.warn({ err: error }, `The silent were not reviewed: ${error.message}`))
      .then(() => {
        if (!this.closing) this.timer = setTimeout(() => this.start(), EVERY_MS);
      });
  }

  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /**
   * Says what is to be said at present.
   * @throws Lagging while the view of rhythms misses what was recorded before.
   */
  async review(): Promise<void> {
    const { store, streams, pool, watch, clock } = this.parts;
    const head = await store.head();
    if (head === undefined) return;
    // A purchase that the view has not seen would make a silence of none.
    await watch.until([purchaseRhythm.name], head, CATCHES_UP_WITHIN_MS, async () => {
      const seen = await rhythmPosition(pool);
      return seen !== undefined && seen >= head ? seen : undefined;
    });
    const { state } = await streams.stateOf('rules', 'retention', rules, { fresh: true });
    const published = retentionRulesOn(state.versions.filter(areRules('retention')), clock.businessDate());
    const by = clock.dueBy();
    const limit = pLimit(IN_FLIGHT);
    const silent = await silentCustomers(pool, by, published.document);
    const results = await Promise.allSettled(
      silent.map((row) => limit(() => (this.closing ? undefined : this.send(reviewOf(row, published, by))))),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async send(command: ReturnType<typeof reviewOf>): Promise<void> {
    if (command === undefined) return;
    try {
      await this.parts.bus.execute(command);
    } catch (error) {
      if (!(error instanceof RuleViolation)) throw error;
      this.parts.logger.warn(
        { rule: error.rule, command: command.constructor.name },
        `A command was refused: ${error.message}`,
      );
    }
  }
}
