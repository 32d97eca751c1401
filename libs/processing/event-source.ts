import type { Recorded } from '#contracts/envelope.js';
import type { Position } from './processor.js';

/** What a subscription tells. */
export interface SourceListener<Undecoded> {
  event(event: Undecoded): void;
  /** How far the source has looked where it found nothing to deliver. */
  checkpoint(position: bigint): void;
  /** Everything that there is has been told. */
  caughtUp(): void;
  /** Nothing more will come. Not told of an end that was asked for. */
  lost(error: Error): void;
}

/** It begins at once, and ends with an error or when told to. */
export interface Subscription {
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
  end(): void;
}

/** Where an engine reads: the event store, or the events topic. */
export interface EventSource<Undecoded extends { position: bigint }> {
  /**
   * Every event that its processors may have to take, in the order of their positions.
   * @param after the position after which to start; undefined from the beginning.
   */
  subscribe(after: Position, listener: SourceListener<Undecoded>): Subscription;
  /** Decodes what a subscription delivered. */
  decode(events: Undecoded[]): Promise<Recorded[]>;
}
