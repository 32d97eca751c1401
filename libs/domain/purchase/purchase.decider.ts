import type { PurchaseEvent } from '#contracts/events.js';
import type { Decider } from '../decider.js';
import type { PurchaseCommand } from './commands.js';
import { decide } from './decide.js';
import { evolve, noPurchase, type PurchaseState } from './state.js';

/** One `purchase-{id}` stream: a purchase, or a return whose purchase is not known. */
export const purchase: Decider<PurchaseState, PurchaseCommand, PurchaseEvent> = {
  initial: noPurchase,
  evolve,
  decide,
};
