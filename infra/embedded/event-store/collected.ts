import { MAXIMUM_APPEND_SIZE, sizeOf } from './append.js';
import { Refused } from './errors.js';
import type { ProposedEvent } from './recorded-event.js';

/** Collects the events of one append, but never more than one append may hold. */
export class Collected {
  readonly events: ProposedEvent[] = [];
  private size = 0;

  add(event: ProposedEvent): void {
    this.size += sizeOf(event);
    if (this.size > MAXIMUM_APPEND_SIZE)
      throw new Refused({ kind: 'maximum-append-size-exceeded', maximum: MAXIMUM_APPEND_SIZE });
    this.events.push(event);
  }
}
