import { Controller, Param, Post } from '@nestjs/common';
import { ConsentGranted } from '#contracts/profile.events.js';
import { ConsentWithdrawal } from '#domain/customer/profile-commands.js';
import { WRITERS } from '../auth/roles.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { CustomerCommands } from './customer-commands.js';

/** For what, and over which channels, they may be approached. */
@Controller('customers/:id/consents')
export class ConsentsController {
  constructor(private readonly customers: CustomerCommands) {}

  @Post()
  @Operation({
    summary: 'Record a consent, for a channel or for every one',
    roles: WRITERS,
    body: ConsentGranted,
    example: { purpose: 'marketing', channel: 'email', basis: 'consent', evidence: 'Form of 3 May' },
  })
  grant(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, ConsentGranted, (data) => ({ type: 'GrantConsent', ...data }));
  }

  @Post('withdraw')
  @Operation({
    summary: 'Record that a consent was withdrawn, or that they object',
    roles: WRITERS,
    body: ConsentWithdrawal,
    example: { purpose: 'marketing', channel: 'email' },
  })
  withdraw(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, ConsentWithdrawal, (data) => ({ type: 'WithdrawConsent', ...data }));
  }
}
