import type { LoyaltyEvent } from '#contracts/events.js';
import type { Decider } from '../decider.js';
import type { LoyaltyCommand } from './commands.js';
import { decide } from './decide.js';
import { evolve } from './evolve.js';
import { emptyLedger, type LoyaltyLedger } from './state.js';

/** One `loyalty-{customerId}` stream: the ledger of lots. */
export const loyalty: Decider<LoyaltyLedger, LoyaltyCommand, LoyaltyEvent> = { initial: emptyLedger, evolve, decide };
