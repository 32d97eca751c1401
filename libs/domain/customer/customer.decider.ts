import type { CustomerEvent } from '#contracts/events.js';
import type { Decider } from '../decider.js';
import type { CustomerCommand } from './commands.js';
import { decide } from './decide.js';
import { evolve } from './evolve.js';
import { type CustomerState, unknownCustomer } from './state.js';

/** One `customer-{id}` stream: a customer, or the claim of an external identity. */
export const customer: Decider<CustomerState, CustomerCommand, CustomerEvent> = {
  initial: unknownCustomer,
  making: new Set(['CustomerAcquired'] as const),
  evolve,
  decide,
};
