import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '#contracts/ids.js';
import type { CustomerErased } from '#contracts/merge.events.js';
import { customer } from '#domain/customer/customer.decider.js';
import { EventStore, NO_REVISION } from '#event-store/event-store.js';
import type { Belonging } from '#event-store/person-keys.js';
import type { Outcome } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { Customers } from '../customers.js';
import { StreamCommands } from '../stream-commands.js';

/** Erases a customer. The id may be that of an identity that the customer claimed. */
export class EraseCustomer extends Command<Outcome> {
  constructor(
    readonly customerId: string,
    readonly data: CustomerErased,
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/**
 * Appends that the customer was erased, then destroys the key. A crash in between leaves the event, and the policy
 * `erase_persons` destroys the key; so does the same request once more.
 */
@CommandHandler(EraseCustomer)
export class ErasureHandler implements ICommandHandler<EraseCustomer> {
  constructor(
    private readonly streams: StreamCommands,
    private readonly customers: Customers,
    private readonly store: EventStore,
  ) {}

  /** Who was merged is one person: all of them are erased. */
  async execute({ customerId, data, meta }: EraseCustomer): Promise<Outcome> {
    const id = await this.customers.require(customerId);
    const outcome = await this.erase(id, data, meta);
    let { position } = outcome;
    const { expectedRevision: _, ...others } = meta;
    for (const member of await this.othersOf(id)) {
      const its = await this.erase(member, data, { ...others, commandId: derivedId('erase', meta.commandId, member) });
      // Whoever waits for the answer's position waits for all of them.
      position = its.position ?? position;
    }
    return { ...outcome, position };
  }

  private async othersOf(id: string): Promise<string[]> {
    const { state } = await this.streams.stateOf('customer', id, customer, { fresh: true });
    const survivorId = state.absorbedBy?.survivorId ?? id;
    const survivor = await this.streams.stateOf('customer', survivorId, customer, { fresh: true });
    return [survivorId, ...Object.values(survivor.state.absorbs)].filter((member) => member !== id);
  }

  private async erase(id: string, data: CustomerErased, meta: CommandMeta): Promise<Outcome> {
    const outcome = await this.streams.handle({
      category: 'customer',
      id,
      decider: customer,
      command: { type: 'EraseCustomer', ...data },
      meta,
      subject: { kind: 'customer', id },
      customerId: id,
    });
    await this.store.destroyKeys([id]);
    await this.streams.forget('customer', id);
    return outcome;
  }
}

/** What the log says of whose personal data must be unreadable: it may be said any number of times. */
export class DestroyPersonKeys extends Command<Outcome> {
  constructor(
    readonly erased: string[],
    readonly belongings: Belonging[],
  ) {
    super();
  }
}

@CommandHandler(DestroyPersonKeys)
export class PersonKeysHandler implements ICommandHandler<DestroyPersonKeys> {
  constructor(private readonly store: EventStore) {}

  async execute({ erased, belongings }: DestroyPersonKeys): Promise<Outcome> {
    await this.store.destroyKeys(erased, belongings);
    return { id: '', streamId: '', revision: NO_REVISION, appended: 0, repeated: false };
  }
}
