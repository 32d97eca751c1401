import type { CommandBus } from '@nestjs/cqrs';
import type { Outcome } from '#commands/command-ledger.js';
import type { CommandMeta } from '#commands/command-meta.js';
import type { Customers } from '#commands/customers.js';
import { DifferentContent } from '#commands/errors.js';
import { ToComplaint } from '#commands/handlers/complaint.handler.js';
import { IDENTITY_CLAIMED, ToCustomer } from '#commands/handlers/customer.handler.js';
import { ToPurchase } from '#commands/handlers/purchase.handler.js';
import type { CustomerAcquired } from '#contracts/customer.events.js';
import { newId } from '#contracts/ids.js';
import type { ProfileUpdated } from '#contracts/profile.events.js';
import type { CustomerPurchased, UnlinkedReturnRecorded } from '#contracts/purchase.events.js';
import { RuleViolation } from '#domain/decider.js';
import type { ComplaintCase, ImportTarget, Recorded, RowMeta } from './import-target.js';

/** Sends the rows' commands the same way as HTTP does. */
export class CommandBusTarget implements ImportTarget {
  /** Correlates everything that this run brings about. */
  private readonly run = newId();

  constructor(
    private readonly bus: CommandBus,
    private readonly customers: Customers,
  ) {}

  async acquire(customerId: string, data: CustomerAcquired, meta: RowMeta): Promise<Recorded> {
    try {
      return await this.bus.execute(
        new ToCustomer(customerId, { type: 'AcquireCustomer', ...data }, this.toMeta(meta)),
      );
    } catch (error) {
      const isClaimed = error instanceof RuleViolation && error.rule === IDENTITY_CLAIMED;
      if (!isClaimed && !(error instanceof DifferentContent)) throw error;
      // It exists already: acquired otherwise, or as an identity that another customer claimed.
      return { appended: 0, customerId: await this.customers.require(customerId) };
    }
  }

  updateProfile(id: string, _acquired: CustomerAcquired, data: ProfileUpdated, meta: RowMeta): Promise<Outcome> {
    return this.bus.execute(new ToCustomer(id, { type: 'UpdateProfile', ...data }, this.toMeta(meta)));
  }

  recordPurchase(purchaseId: string, data: CustomerPurchased, meta: RowMeta): Promise<Outcome> {
    return this.bus.execute(new ToPurchase(purchaseId, { type: 'RecordPurchase', ...data }, this.toMeta(meta)));
  }

  recordComplaint(complaintId: string, data: ComplaintCase, meta: RowMeta): Promise<Outcome> {
    return this.bus.execute(new ToComplaint(complaintId, { type: 'RecordCase', ...data }, this.toMeta(meta)));
  }

  recordUnlinkedReturn(returnId: string, data: UnlinkedReturnRecorded, meta: RowMeta): Promise<Outcome> {
    return this.bus.execute(new ToPurchase(returnId, { type: 'RecordUnlinkedReturn', ...data }, this.toMeta(meta)));
  }

  private toMeta({ commandId, occurredAt, source, file, line }: RowMeta): CommandMeta {
    return {
      commandId,
      actor: { id: source, kind: 'import' },
      occurredAt,
      reason: `${file}, line ${line}`,
      correlationId: this.run,
      causationId: this.run,
      source,
    };
  }
}
