import type { CustomerEvent } from '#contracts/events.js';
import type { CustomerErased } from '#contracts/merge.events.js';
import type { Decided, DecisionContext } from '../decider.js';
import { ensure, happened } from '../deciding.js';

/** Their personal data become unreadable, for good; what was recorded of them stays. */
export type EraseCustomer = { type: 'EraseCustomer' } & CustomerErased;

/** The rule by which what tells who an erased customer was is refused. */
export const CUSTOMER_ERASED = 'customer-erased';

/** What the rules of erasing need to know of a customer. */
export interface ErasableState {
  /** The key of their personal data is destroyed, or about to be. */
  erased: boolean;
}

/**
 * Erasing twice is erasing once. That nothing marked as personal is recorded afterwards is no rule of this stream: it
 * holds for every stream of the customer, and the sealing of personal data refuses it there (docs/adr/0015).
 */
export function erase(
  { type, ...data }: EraseCustomer,
  { erased }: ErasableState,
  context: DecisionContext,
): Decided<CustomerEvent>[] {
  return erased ? [] : [happened('CustomerErased', data, context)];
}

/** Nobody who was erased is tied to another customer, or to a name elsewhere: that would say who they were. */
export function requireNotErased(erased: boolean, field?: string): void {
  ensure(
    !erased,
    'conflict',
    CUSTOMER_ERASED,
    'The personal data of this customer were erased: nothing is recorded any more that tells who they were.',
    field,
  );
}
