import { customer } from '#domain/customer/customer.decider.js';
import { RuleViolation } from '#domain/decider.js';
import type { StreamCommands } from './stream-commands.js';

/** Finds the customer, or prospect, behind an id, which may be that of an identity that a customer claimed. */
export class Customers {
  constructor(private readonly streams: StreamCommands) {}

  /**
   * The id of the customer itself.
   * @throws RuleViolation `customer-exists` when nobody is known by the id.
   */
  async require(id: string, field?: string): Promise<string> {
    const { state } = await this.streams.stateOf('customer', id, customer);
    switch (state.status) {
      case 'prospect':
      case 'acquired':
        return id;
      case 'claimed':
        return state.claimedBy!;
      case 'unknown':
        throw new RuleViolation('not-found', 'customer-exists', `There is no customer ${id}.`, field);
    }
  }
}
