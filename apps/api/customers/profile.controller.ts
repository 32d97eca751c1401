import { Controller, Param, Post } from '@nestjs/common';
import { ProfileUpdated } from '#contracts/profile.events.js';
import { WRITERS } from '../auth/roles.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { CustomerCommands } from './customer-commands.js';

/** Who they are. */
@Controller('customers/:id')
export class ProfileController {
  constructor(private readonly customers: CustomerCommands) {}

  @Post('profile')
  @Operation({
    summary: 'Change the profile: only the fields that are given',
    roles: WRITERS,
    body: ProfileUpdated,
    example: { person: { birthDate: '1990-02-28' }, address: { country: 'VN', city: 'Huế' }, language: 'vi' },
  })
  update(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, ProfileUpdated, (data) => ({ type: 'UpdateProfile', ...data }));
  }
}
