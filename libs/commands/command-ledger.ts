import type { Recorded } from '#contracts/envelope.js';
import { saidReasonOf } from './command-meta.js';

/** How a command ended. */
export interface Outcome {
  /** The id of the resource that the command was about. */
  id: string;
  streamId: string;
  /** The revision of its stream after the command; -1 when nothing was ever appended. */
  revision: number;
  /** The position of the last event that the command appended, or found already appended. */
  position?: bigint;
  /**
   * How many events this call appended; 0 when it was a repetition or there was nothing to do. A repetition that only
   * the store recognised, because this process did not know the stream so far, counts as appended.
   */
  appended: number;
  /** The same command (by its id) was handled before: this is how it ended then. */
  repeated: boolean;
}

/** The outcome of a command that took two appends: whoever waits for it waits for both. */
export function withSecond(first: Outcome, { position, appended }: Outcome): Outcome {
  const later = position !== undefined && position > (first.position ?? -1n) ? position : first.position;
  return { ...first, position: later, appended: first.appended + appended };
}

export interface LedgerEntry {
  /** ERASED_HASH where the person that the command spoke of was erased. */
  hash: string;
  /** The reason that came with it: no part of the hash, because a record is the same for whatever reason it is sent. */
  reason?: string;
  revision: number;
  position: bigint;
}

/** How many commands a stream remembers, besides the one that made it. */
const REMEMBERED = 1_000;

/**
 * The commands that a stream has seen, read off its own events: which they were and how they ended. Most streams see
 * one in their life and tens of thousands are cached, so a map is made only for the second.
 */
export class CommandLedger {
  private firstId: string | undefined;
  private others: Map<string, LedgerEntry> | undefined;
  /** The commands that made the record besides the first, by hash. */
  private makers: Map<string, LedgerEntry> | undefined;

  /** The command that made the stream. */
  first: LedgerEntry | undefined;
  /** The position of the last event that was recorded. */
  last: bigint | undefined;

  /** @param making whether the event's command made the record, though it is not the first of the stream. */
  record({ metadata, revision, position }: Recorded, making = false): void {
    const { commandId, commandHash: hash } = metadata;
    this.remember(commandId, { hash, reason: saidReasonOf(metadata), revision, position }, making);
  }

  remember(commandId: string, entry: LedgerEntry, making = false): void {
    this.last = entry.position;
    if (making) {
      this.makers ??= new Map();
      this.makers.set(entry.hash, entry);
    }
    if (this.first === undefined || commandId === this.firstId) {
      // The last event of a command tells how it ended; what made the stream is the first.
      this.firstId = commandId;
      this.first = entry;
      return;
    }
    this.others ??= new Map();
    this.others.set(commandId, entry);
    if (this.others.size > REMEMBERED) this.others.delete(this.others.keys().next().value!);
  }

  /** How the command of that hash ended, if it made the record: it is remembered for ever. */
  makerWith(hash: string): LedgerEntry | undefined {
    return this.first?.hash === hash ? this.first : this.makers?.get(hash);
  }

  outcomeOf(commandId: string): LedgerEntry | undefined {
    return commandId === this.firstId ? this.first : this.others?.get(commandId);
  }
}
