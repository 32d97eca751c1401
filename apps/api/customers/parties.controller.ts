import { Controller, Param, Post } from '@nestjs/common';
import { PartyLinked, PartyUnlinked } from '#contracts/profile.events.js';
import { WRITERS } from '../auth/roles.js';
import { addressOf } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { CustomerCommands } from './customer-commands.js';

const EXAMPLE = { relation: 'contactPersonOf', otherCustomerId: 'fcd9ba3a-5c96-5941-a123-7819353ae857' };

/** Whom they belong to. */
@Controller('customers/:id/parties')
export class PartiesController {
  constructor(private readonly customers: CustomerCommands) {}

  @Post()
  @Operation({ summary: 'Link another customer', roles: WRITERS, body: PartyLinked, example: EXAMPLE })
  link(@Param('id') id: string, @Http() http: Exchange) {
    const customerId = addressOf('customer', id);
    return this.customers.send(id, http, PartyLinked, (data) => ({ type: 'LinkParty', customerId, ...data }));
  }

  @Post('unlink')
  @Operation({ summary: 'Unlink another customer', roles: WRITERS, body: PartyUnlinked, example: EXAMPLE })
  unlink(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, PartyUnlinked, (data) => ({ type: 'UnlinkParty', ...data }));
  }
}
