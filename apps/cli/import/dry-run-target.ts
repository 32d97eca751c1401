import { DifferentContent } from '#commands/errors.js';
import type { CustomerAcquired } from '#contracts/customer.events.js';
import { type StreamCategory, streamOf } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { ProfileUpdated } from '#contracts/profile.events.js';
import type { CustomerPurchased, UnlinkedReturnRecorded } from '#contracts/purchase.events.js';
import { complaint } from '#domain/complaint/complaint.decider.js';
import { customer } from '#domain/customer/customer.decider.js';
import { purchase } from '#domain/purchase/purchase.decider.js';
import type { ComplaintCase, ImportTarget, Recorded, RowMeta } from './import-target.js';
import { IdSet } from './running/id-set.js';

/**
 * Takes the same decisions as an import into an empty store, and appends nothing. It asks no server, so it does not
 * see what the store holds already; records that the file itself repeats it does see.
 */
export class DryRunTarget implements ImportTarget {
  private readonly records = new IdSet();
  private readonly contents = new IdSet();

  constructor(private readonly businessDate: string) {}

  async acquire(_customerId: string, data: CustomerAcquired, meta: RowMeta): Promise<Recorded> {
    customer.decide({ type: 'AcquireCustomer', ...data }, customer.initial, this.context(meta));
    return { appended: 1 };
  }

  async updateProfile(
    customerId: string,
    acquired: CustomerAcquired,
    data: ProfileUpdated,
    meta: RowMeta,
  ): Promise<Recorded> {
    const { occurredAt } = meta;
    const event = { type: 'CustomerAcquired' as const, data: acquired, eventId: customerId, occurredAt };
    const state = customer.evolve(customer.initial, event);
    return { appended: customer.decide({ type: 'UpdateProfile', ...data }, state, this.context(meta)).length };
  }

  async recordPurchase(purchaseId: string, data: CustomerPurchased, meta: RowMeta): Promise<Recorded> {
    purchase.decide({ type: 'RecordPurchase', ...data }, purchase.initial, this.context(meta));
    return this.record('purchase', purchaseId, data, meta);
  }

  async recordComplaint(complaintId: string, data: ComplaintCase, meta: RowMeta): Promise<Recorded> {
    // By the default rules: which ones are published is for a server to say.
    const command = { type: 'RecordCase' as const, ...data, rules: [] };
    complaint.decide(command, complaint.initial, this.context(meta));
    return this.record('complaint', complaintId, data, meta);
  }

  async recordUnlinkedReturn(returnId: string, data: UnlinkedReturnRecorded, meta: RowMeta): Promise<Recorded> {
    purchase.decide({ type: 'RecordUnlinkedReturn', ...data }, purchase.initial, this.context(meta));
    return this.record('purchase', returnId, data, meta);
  }

  private record(category: StreamCategory, id: string, data: object, { occurredAt }: RowMeta): Recorded {
    const isNew = this.records.add(id);
    // Two records are the same when everything in them is: the mapping writes their fields in one order.
    const content = derivedId(id, occurredAt, JSON.stringify(data));
    const isNewContent = this.contents.add(content);
    if (!isNew && isNewContent) throw new DifferentContent(streamOf(category, id));
    return { appended: isNew ? 1 : 0 };
  }

  private context({ occurredAt }: RowMeta): { occurredAt: string; businessDate: string } {
    return { occurredAt, businessDate: this.businessDate };
  }
}
