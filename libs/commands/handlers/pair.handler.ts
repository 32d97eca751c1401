import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '#contracts/ids.js';
import type { DuplicateEvidence } from '#contracts/merge.events.js';
import type { CustomerCommand } from '#domain/customer/commands.js';
import { customer } from '#domain/customer/customer.decider.js';
import { MERGE_UNDONE } from '#domain/customer/merging.js';
import { RuleViolation } from '#domain/decider.js';
import { type Outcome, withSecond } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { Customers } from '../customers.js';
import { StreamCommands } from '../stream-commands.js';

/** What two customers are to each other. */
export type AboutPair =
  | { type: 'Merge'; mergeId: string; evidence?: DuplicateEvidence[] }
  | { type: 'Unmerge'; reason: string }
  | { type: 'Dismiss'; reason: string };

/** A command about two customers, of whom the first would survive. Ids may be those of identities that they claimed. */
export class ToPair extends Command<Outcome> {
  constructor(
    readonly customerId: string,
    readonly otherId: string,
    readonly about: AboutPair,
    readonly meta: CommandMeta,
    /** The field that named the other. */
    readonly field: string = 'absorbedId',
  ) {
    super();
  }
}

const LONGEST_REASON = 500;

/**
 * Merging is two appends: on the survivor, then on the other. When the other refuses, the first is undone; after a
 * crash in between a policy sends the same command again.
 */
@CommandHandler(ToPair)
export class PairHandler implements ICommandHandler<ToPair> {
  constructor(
    private readonly streams: StreamCommands,
    private readonly customers: Customers,
  ) {}

  async execute({ customerId, otherId, about, meta, field }: ToPair): Promise<Outcome> {
    const one = await this.customers.require(customerId);
    const other = await this.customers.require(otherId, field);
    switch (about.type) {
      case 'Merge':
        return this.merge(one, other, about, meta);
      case 'Unmerge':
        return this.unmerge(one, other, about.reason, meta);
      case 'Dismiss':
        return this.dismiss(one, other, about.reason, meta, field);
    }
  }

  private async merge(
    survivorId: string,
    absorbedId: string,
    { mergeId, evidence }: Extract<AboutPair, { type: 'Merge' }>,
    meta: CommandMeta,
  ): Promise<Outcome> {
    const pair = { mergeId, survivorId, absorbedId };
    const first = toStream(survivorId, { type: 'MergeCustomers', ...pair, ...(evidence && { evidence }) }, meta);
    const second = toStream(absorbedId, { type: 'AbsorbCustomer', ...pair }, following(meta, 'absorb'));
    const { state } = await this.streams.stateOf('customer', survivorId, customer, { fresh: true });
    if (state.absorbs[mergeId] === undefined && state.undone[mergeId] === undefined) {
      // A refusal that can be told beforehand leaves no trace; the survivor's own comes first.
      await this.streams.ensureAcceptable(first);
      await this.streams.ensureAcceptable(second);
    }
    const merged = await this.streams.handle(first);
    try {
      return withSecond(merged, await this.streams.handle(second));
    } catch (error) {
      if (!(error instanceof RuleViolation)) throw error;
      if (merged.repeated) {
        // It succeeded then, and was undone since: the same key answers the first outcome.
        if (error.rule === MERGE_UNDONE) return merged;
        throw error;
      }
      const reason = `The other customer refused: ${error.message}`.slice(0, LONGEST_REASON);
      await this.takeApart({ ...pair, reason }, following(meta, 'undo'));
      throw error;
    }
  }

  private async unmerge(survivorId: string, absorbedId: string, reason: string, meta: CommandMeta): Promise<Outcome> {
    const { state } = await this.streams.stateOf('customer', survivorId, customer, { fresh: true });
    const mergeId = mergeOf(state, absorbedId);
    if (mergeId === undefined) {
      const message = `Customer ${absorbedId} is not merged into ${survivorId}.`;
      throw new RuleViolation('not-found', 'merge-not-found', message, 'absorbedId');
    }
    return this.takeApart({ mergeId, survivorId, absorbedId, reason }, meta);
  }

  /** On the survivor, then on the other. A repetition leaves the other alone: a policy finishes what a crash left. */
  private async takeApart(
    pair: { mergeId: string; survivorId: string; absorbedId: string; reason: string },
    meta: CommandMeta,
  ): Promise<Outcome> {
    const { mergeId: _, ...said } = pair;
    const first = toStream(pair.survivorId, { type: 'UnmergeCustomers', ...pair }, meta);
    const unmerged = await this.streams.handle({ ...first, said: { type: 'UnmergeCustomers', ...said } });
    if (unmerged.repeated) return unmerged;
    const second = toStream(pair.absorbedId, { type: 'ReleaseCustomer', ...pair }, following(meta, 'release'));
    return withSecond(unmerged, await this.streams.handle(second));
  }

  private dismiss(one: string, other: string, reason: string, meta: CommandMeta, field: string): Promise<Outcome> {
    if (one === other) {
      const message = 'A customer is no duplicate of itself: name another one.';
      throw new RuleViolation('invalid', 'dismiss-another', message, field);
    }
    return this.streams.handle(toStream(one, { type: 'DismissDuplicate', otherCustomerId: other, reason }, meta));
  }
}

/** The merge of the two that is in force, else the last one that was undone. */
function mergeOf(state: (typeof customer)['initial'], absorbedId: string): string | undefined {
  const inForce = Object.entries(state.absorbs).find(([, absorbed]) => absorbed === absorbedId);
  const undone = Object.entries(state.undone).filter(([, { absorbedId: absorbed }]) => absorbed === absorbedId);
  return (inForce ?? undone.at(-1))?.[0];
}

/** The command that follows from another one, on another stream. `If-Match` spoke of the first stream. */
function following({ expectedRevision: _, ...meta }: CommandMeta, step: string): CommandMeta {
  return { ...meta, commandId: derivedId(step, meta.commandId) };
}

function toStream(id: string, command: CustomerCommand, meta: CommandMeta) {
  return {
    category: 'customer' as const,
    id,
    decider: customer,
    command,
    meta,
    subject: { kind: 'customer' as const, id },
    customerId: id,
  };
}
