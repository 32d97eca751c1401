import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandMeta } from '#commands/command-meta.js';
import { ToCustomer } from '#commands/handlers/customer.handler.js';
import type { CustomerCommand } from '#domain/customer/commands.js';
import { addressOf, answer, parseCommand } from '../http/command-request.js';
import type { Exchange } from '../http/exchange.js';

/** Sends what a request says to the customer that its path names. */
@Injectable()
export class CustomerCommands {
  constructor(private readonly bus: CommandBus) {}

  /** @param type declares the body. */
  async send<Data extends object>(
    address: string,
    { request, reply }: Exchange,
    type: new () => Data,
    toCommand: (data: Data, meta: CommandMeta) => CustomerCommand,
  ): Promise<object> {
    const id = addressOf('customer', address);
    const { data, meta } = parseCommand(type, request);
    const outcome = await this.bus.execute(new ToCustomer(id, toCommand(data, meta), meta));
    reply.status(200);
    return answer(reply, outcome);
  }
}
