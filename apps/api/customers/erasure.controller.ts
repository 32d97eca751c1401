import { Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { EraseCustomer } from '#commands/handlers/erasure.handler.js';
import { CustomerErased } from '#contracts/merge.events.js';
import { ADMINS } from '../auth/roles.js';
import { addressOf, answer, parseCommand } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';

/** What cannot be taken back. */
@Controller('customers/:id')
export class ErasureController {
  constructor(private readonly bus: CommandBus) {}

  @Post('erase')
  @Operation({
    summary: 'Erase their personal data, for good',
    roles: ADMINS,
    body: CustomerErased,
    example: { reason: 'Asked for by the person, ticket 4711' },
  })
  async erase(@Param('id') id: string, @Http() { request, reply }: Exchange) {
    const { data, meta } = parseCommand(CustomerErased, request);
    const outcome = await this.bus.execute(new EraseCustomer(addressOf('customer', id), data, meta));
    reply.status(200);
    return answer(reply, outcome);
  }
}
