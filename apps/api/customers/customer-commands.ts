import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandMeta } from '#commands/command-meta.js';
import { ToCustomer } from '#commands/handlers/customer.handler.js';
import { derivedId } from '#contracts/ids.js';
import type { CustomerCommand } from '#domain/customer/commands.js';
import { addressOf, answer, parseCommand } from '../http/command-request.js';
import type { Exchange } from '../http/exchange.js';

/** Sends what a request says to the customer that its path names. */
@Injectable()
export class CustomerCommands {
  constructor(private readonly bus: CommandBus) {}

  /**
   * @param type declares the body.
   * @param fromPath fields that the path gives.
   */
  async send<Data extends object>(
    address: string,
    { request, reply }: Exchange,
    type: new () => Data,
    toCommand: (data: Data, meta: CommandMeta) => CustomerCommand,
    fromPath: Partial<Data> = {},
  ): Promise<object> {
    const id = addressOf('customer', address);
    const { data, meta } = parseCommand(type, request, fromPath);
    const outcome = await this.bus.execute(new ToCustomer(id, toCommand(data, meta), meta));
    reply.status(200);
    return answer(reply, outcome);
  }

  /**
   * Adds something whose id the caller may leave out; the answer names it.
   * @param what is added: a `need` has a `needId`.
   */
  async add<What extends string, Data extends Partial<Record<`${What}Id`, string>>>(
    address: string,
    http: Exchange,
    what: What,
    type: new () => Data,
    toCommand: (data: Data & Record<`${What}Id`, string>) => CustomerCommand,
  ): Promise<object> {
    const field = `${what}Id` as const;
    let id: string | undefined;
    const answered = await this.send(address, http, type, (data, meta) => {
      id = data[field] ?? derivedId(what, meta.commandId);
      return toCommand({ ...data, [field]: id } as Data & Record<`${What}Id`, string>);
    });
    return { ...answered, [field]: id };
  }
}
