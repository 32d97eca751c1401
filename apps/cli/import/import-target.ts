import type { CustomerAcquired } from '#contracts/customer.events.js';
import type { ProfileUpdated } from '#contracts/profile.events.js';
import type { CustomerPurchased, UnlinkedReturnRecorded } from '#contracts/purchase.events.js';
import type { RecordCase } from '#domain/complaint/commands.js';

/** What comes with every command of an import. */
export interface RowMeta {
  /** When it happened, RFC 3339 UTC. */
  occurredAt: string;
  /** The system that the record comes from: the mapping's `source`. */
  source: string;
  /** The name of the file, without its folder. */
  file: string;
  /** The line of the file, the first one where there are several. */
  line: number;
  /**
   * Of this sending of the record. A retry after a lost connection repeats it, and the store recognises it. Another run
   * has other ids: with the same ones its repetitions would pass for retries too, and count as appended.
   */
  commandId: string;
}

/** A complaint, and what became of it by now. */
export type ComplaintCase = Omit<RecordCase, 'type'>;

/** How a command ended. */
export interface Recorded {
  /** How many events it appended; 0 when the stream held the same already. */
  appended: number;
  /** The position of the last event that it appended, or found. */
  position?: bigint;
  /** The id under which the customer is known: an identity that was claimed leads to another. */
  customerId?: string;
}

/**
 * What an import writes to. RuleViolation, DifferentContent and InvalidFields reject the row; an error of a
 * connection is tried again and ends the import when it lasts; any other error ends it at once.
 */
export interface ImportTarget {
  /** Acquires the customer once; the same content again changes nothing. */
  acquire(customerId: string, data: CustomerAcquired, meta: RowMeta): Promise<Recorded>;
  /**
   * Changes what of the profile differs.
   * @param acquired what the customer was acquired with.
   */
  updateProfile(customerId: string, acquired: CustomerAcquired, data: ProfileUpdated, meta: RowMeta): Promise<Recorded>;
  recordPurchase(purchaseId: string, data: CustomerPurchased, meta: RowMeta): Promise<Recorded>;
  recordComplaint(complaintId: string, data: ComplaintCase, meta: RowMeta): Promise<Recorded>;
  recordUnlinkedReturn(returnId: string, data: UnlinkedReturnRecorded, meta: RowMeta): Promise<Recorded>;
}

/** Waits until everything up to a position has been processed, and what the policies appended because of it. */
export type WaitForSettled = (position: bigint, onProgress: (progress: SettlingProgress) => void) => Promise<void>;

export interface SettlingProgress {
  /** What is waited for, for a person: `customer_360 is 1,200 positions behind`. */
  text: string;
}
