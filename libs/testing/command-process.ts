import { randomBytes } from 'node:crypto';
import type { CommandBus, ICommand } from '@nestjs/cqrs';
import type { Outcome } from '#commands/command-ledger.js';
import type { CommandMeta } from '#commands/command-meta.js';
import { Customers } from '#commands/customers.js';
import { CustomerHandler, ToCustomer } from '#commands/handlers/customer.handler.js';
import {
  DestroyPersonKeys,
  EraseCustomer,
  ErasureHandler,
  PersonKeysHandler,
} from '#commands/handlers/erasure.handler.js';
import {
  EarnPoints,
  LoyaltyHandler,
  ToLoyalty,
  ToLoyaltyHandler,
  TransferPoints,
  TransferPointsHandler,
} from '#commands/handlers/loyalty.handler.js';
import { PairHandler, ToPair } from '#commands/handlers/pair.handler.js';
import { PurchaseHandler, ToPurchase } from '#commands/handlers/purchase.handler.js';
import { AssessRisk, RetentionHandler } from '#commands/handlers/retention.handler.js';
import { RulesHandler, ToRules } from '#commands/handlers/rules.handler.js';
import { LoyaltyLedgers } from '#commands/loyalty-ledgers.js';
import { StreamCommands } from '#commands/stream-commands.js';
import { newId } from '#contracts/ids.js';
import type { CustomerCommand } from '#domain/customer/commands.js';
import { defaultLoyaltyRulesPublished } from '#domain/loyalty/rules.js';
import type { PurchaseCommand } from '#domain/purchase/commands.js';
import { connect, type EventStore } from '#event-store/event-store.js';
import { type Belonging, PersonErased, type PersonKeys } from '#event-store/person-keys.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';

/** Keys of persons for specs that have no database. */
export class PersonKeysInMemory implements PersonKeys {
  private readonly keys = new Map<string, Buffer>();
  private readonly erased = new Set<string>();
  private readonly owners = new Map<string, string>();

  async get(persons: string[]): Promise<Map<string, Buffer>> {
    return new Map(persons.flatMap((person) => (this.keys.has(person) ? [[person, this.keys.get(person)!]] : [])));
  }

  async makeOrGet(person: string): Promise<Buffer> {
    if (this.erased.has(person)) throw new PersonErased(person);
    const key = this.keys.get(person) ?? randomBytes(32);
    this.keys.set(person, key);
    return key;
  }

  async destroy(persons: string[], belongings: Belonging[] = []): Promise<string[]> {
    for (const { person, customerId } of belongings) this.owners.set(person, customerId);
    for (const person of persons) this.erased.add(person);
    for (const [person, owner] of this.owners) if (this.erased.has(owner)) this.erased.add(person);
    for (const person of this.erased) this.keys.delete(person);
    return [...this.erased];
  }
}

/** Everything that a process has to handle commands, with caches of its own: a spec may have several "processes". */
export class CommandProcess {
  readonly store: EventStore;
  readonly streams: StreamCommands;
  private readonly handlers;

  constructor(url: string, keys: PersonKeys, now = '2026-06-15T10:00:00Z') {
    this.store = connect(url, new PersonalDataCipher(keys));
    this.streams = new StreamCommands(this.store, {
      now: () => now,
      businessDate: () => now.slice(0, 10),
      dueBy: () => now,
    });
    const customers = new Customers(this.streams);
    const ledgers = new LoyaltyLedgers(this.streams);
    this.handlers = {
      customer: new CustomerHandler(this.streams, customers),
      purchase: new PurchaseHandler(this.streams, customers),
      retention: new RetentionHandler(this.streams),
      loyalty: new LoyaltyHandler(ledgers),
      toLoyalty: new ToLoyaltyHandler(ledgers, customers),
      transferPoints: new TransferPointsHandler(ledgers),
      pair: new PairHandler(this.streams, customers),
      rules: new RulesHandler(this.streams),
      erasure: new ErasureHandler(this.streams, customers, this.store),
      personKeys: new PersonKeysHandler(this.store),
    };
  }

  /** A bus that needs no application around it. */
  get bus(): CommandBus {
    return { execute: (command: ICommand) => this.execute(command) } as unknown as CommandBus;
  }

  async execute(command: ICommand): Promise<Outcome> {
    if (command instanceof ToCustomer) return this.handlers.customer.execute(command);
    if (command instanceof ToPurchase) return this.handlers.purchase.execute(command);
    if (command instanceof EarnPoints) return this.handlers.loyalty.execute(command);
    if (command instanceof AssessRisk) return this.handlers.retention.execute(command);
    if (command instanceof ToLoyalty) return this.handlers.toLoyalty.execute(command);
    if (command instanceof TransferPoints) return this.handlers.transferPoints.execute(command);
    if (command instanceof ToPair) return this.handlers.pair.execute(command);
    if (command instanceof ToRules) return this.handlers.rules.execute(command);
    if (command instanceof EraseCustomer) return this.handlers.erasure.execute(command);
    if (command instanceof DestroyPersonKeys) return this.handlers.personKeys.execute(command);
    throw new Error(`No handler for ${command.constructor.name}`);
  }

  toCustomer(id: string, command: CustomerCommand, meta: Partial<CommandMeta> = {}): Promise<Outcome> {
    return this.execute(new ToCustomer(id, command, metaOf(meta)));
  }

  toPurchase(id: string, command: PurchaseCommand, meta: Partial<CommandMeta> = {}): Promise<Outcome> {
    return this.execute(new ToPurchase(id, command, metaOf(meta)));
  }

  acquire(id = newId(), meta: Partial<CommandMeta> = {}): Promise<Outcome> {
    return this.toCustomer(id, ACQUIRE, meta);
  }

  /** A purchase of one line. */
  purchase(customerId: string, total = 1_000, meta: Partial<CommandMeta> = {}): Promise<Outcome> {
    return this.toPurchase(newId(), recordPurchase(customerId, total), meta);
  }

  publishRules(version = 1, validFrom = defaultLoyaltyRulesPublished.validFrom): Promise<Outcome> {
    const published = { ...defaultLoyaltyRulesPublished, version, validFrom };
    return this.execute(new ToRules({ type: 'PublishRules', ...published }, metaOf()));
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

export const ACQUIRE: Extract<CustomerCommand, { type: 'AcquireCustomer' }> = {
  type: 'AcquireCustomer',
  partyKind: 'person',
  roles: ['endConsumer'],
  channel: 'web',
  name: 'Hoa',
};

/** Each is accepted, however often: what a spec sends when it needs one more event. */
export function assess(score: number): Extract<CustomerCommand, { type: 'AssessChurnRisk' }> {
  return { type: 'AssessChurnRisk', score, band: 'low', factors: [], model: { name: 'spec', version: '1' } };
}

export function recordPurchase(customerId: string, total: number): PurchaseCommand {
  const lines = [{ lineId: '1', kind: 'product' as const, quantity: 1, total }];
  return {
    type: 'RecordPurchase',
    customerId,
    currency: 'USD',
    lines,
    subtotal: total,
    discount: 0,
    shipping: 0,
    tax: 0,
    total,
  };
}

/** What a spec does not say is made up: a command of its own by a service. */
export function metaOf(meta: Partial<CommandMeta> = {}): CommandMeta {
  const commandId = newId();
  return {
    commandId,
    actor: { id: 'spec', kind: 'service' },
    correlationId: commandId,
    causationId: commandId,
    ...meta,
  };
}
