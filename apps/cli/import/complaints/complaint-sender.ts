import { newId } from '#contracts/ids.js';
import type { ImportTarget, Recorded } from '../import-target.js';
import { IdSet } from '../running/id-set.js';
import { later, meansAcquired, reasonOf, type Sent } from '../running/order-sender.js';
import { type RetryClock, retried } from '../running/retry.js';
import type { MappedComplaint } from './complaint-mapper.js';

/** Sends complaints to the target: the customer first, once in a run, then the whole case in one command. */
export class ComplaintSender {
  private readonly acquired = new IdSet();

  constructor(
    private readonly target: ImportTarget,
    private readonly clock: RetryClock,
    private readonly origin: { source: string; file: string },
  ) {}

  get customers(): number {
    return this.acquired.size;
  }

  /** @throws ServerAway, or an error that is none of the row's. */
  async send(mapped: MappedComplaint): Promise<Sent[]> {
    const { complaintId, data, occurredAt, row } = mapped;
    const sent = { rows: [row], kind: 'complaint' as const };
    let acquisition: Recorded = { appended: 0 };
    try {
      acquisition = await this.acquire(mapped);
      const meta = { ...this.origin, occurredAt, line: row.line, commandId: newId() };
      const recorded = await retried(() => this.target.recordComplaint(complaintId, data, meta), this.clock);
      const outcome = acquisition.appended + recorded.appended > 0 ? 'appended' : 'unchanged';
      return [{ ...sent, outcome, position: later(acquisition.position, recorded.position), rejects: [] }];
    } catch (error) {
      const rejects = [{ row, reason: reasonOf(error) }];
      return [{ ...sent, outcome: 'rejected', position: acquisition.position, rejects }];
    }
  }

  /** Who exists already, from wherever, is not acquired again. */
  private async acquire({ customerId, acquired, occurredAt, row }: MappedComplaint): Promise<Recorded> {
    if (this.acquired.has(customerId)) return { appended: 0 };
    const meta = { ...this.origin, occurredAt, line: row.line, commandId: newId() };
    let recorded: Recorded = { appended: 0 };
    try {
      recorded = await retried(() => this.target.acquire(customerId, acquired, meta), this.clock);
    } catch (error) {
      if (!meansAcquired(error)) throw error;
    }
    this.acquired.add(customerId);
    return recorded;
  }
}
