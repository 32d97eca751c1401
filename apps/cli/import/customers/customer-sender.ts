import { IdempotencyKeyReused } from '#commands/errors.js';
import { derivedId, newId } from '#contracts/ids.js';
import type { ImportTarget, Recorded } from '../import-target.js';
import { IdSet } from '../running/id-set.js';
import { later, meansAcquired, reasonOf, type Sent } from '../running/order-sender.js';
import { type RetryClock, retried } from '../running/retry.js';
import type { MappedCustomer } from './customer-mapper.js';

/** Sends customers to the target: the acquisition, then the profile. */
export class CustomerSender {
  private readonly sent = new IdSet();

  constructor(
    private readonly target: ImportTarget,
    private readonly clock: RetryClock,
    private readonly origin: { source: string; file: string },
  ) {}

  get customers(): number {
    return this.sent.size;
  }

  /** @throws ServerAway, or an error that is none of the row's. */
  async send(mapped: MappedCustomer): Promise<Sent[]> {
    const { customerId, row } = mapped;
    const sent = { rows: [row], kind: 'customer' as const };
    try {
      const acquisition = await this.acquire(mapped);
      const update = await this.updateProfile(mapped, acquisition.customerId ?? customerId);
      this.sent.add(customerId);
      const outcome = acquisition.appended + update.appended > 0 ? 'appended' : 'unchanged';
      return [{ ...sent, outcome, position: later(acquisition.position, update.position), rejects: [] }];
    } catch (error) {
      return [{ ...sent, outcome: 'rejected', rejects: [{ row, reason: reasonOf(error) }] }];
    }
  }

  /** A customer is acquired once: who exists already, from wherever, gets the profile all the same. */
  private async acquire({ customerId, acquired, occurredAt, row }: MappedCustomer): Promise<Recorded> {
    const meta = { ...this.origin, occurredAt, line: row.line, commandId: newId() };
    try {
      return await retried(() => this.target.acquire(customerId, acquired, meta), this.clock);
    } catch (error) {
      if (!meansAcquired(error)) throw error;
      return { appended: 0 };
    }
  }

  /**
   * The same profile of the same record is one command, however often it is imported: what somebody corrected since
   * stays corrected.
   */
  private async updateProfile({ acquired, profile, occurredAt, row }: MappedCustomer, id: string): Promise<Recorded> {
    if (profile === undefined) return { appended: 0 };
    const meta = { ...this.origin, occurredAt, line: row.line };
    const send = (commandId: string) => {
      return retried(() => this.target.updateProfile(id, acquired, profile, { ...meta, commandId }), this.clock);
    };
    try {
      // Nothing of the profile is in the id: it stands in the log in the clear, and must not let anybody confirm a guess.
      return await send(derivedId('import-profile', id, occurredAt));
    } catch (error) {
      if (!(error instanceof IdempotencyKeyReused)) throw error;
      // Another profile of the same day: an update of its own.
      return send(newId());
    }
  }
}
