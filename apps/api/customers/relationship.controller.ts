import { Controller, Param, Post } from '@nestjs/common';
import { PotentialAssessed } from '#contracts/relationship.events.js';
import { OwnerAssignment, RelationshipLevelAssignment } from '#domain/customer/relationship-commands.js';
import { WRITERS } from '../auth/roles.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { CustomerCommands } from './customer-commands.js';

/** Who looks after them, how deep the relationship is to be, and what they could be worth. */
@Controller('customers/:id')
export class RelationshipController {
  constructor(private readonly customers: CustomerCommands) {}

  @Post('owner')
  @Operation({
    summary: 'Assign the relationship owner',
    roles: WRITERS,
    body: OwnerAssignment,
    example: { ownerId: 'mai.tran', reason: 'Speaks their language' },
  })
  assignOwner(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, OwnerAssignment, (data) => ({ type: 'AssignOwner', ...data }));
  }

  @Post('relationship-level')
  @Operation({
    summary: 'Assign the relationship level',
    roles: WRITERS,
    body: RelationshipLevelAssignment,
    example: { to: 'proactive', basis: 'Value and potential', reason: 'Yearly review' },
  })
  assignLevel(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, RelationshipLevelAssignment, (data) => ({
      type: 'AssignRelationshipLevel',
      ...data,
    }));
  }

  @Post('potential')
  @Operation({
    summary: 'Assess how much more they could be worth',
    roles: WRITERS,
    body: PotentialAssessed,
    example: { band: 'high', basis: 'Opens three shops this year' },
  })
  assessPotential(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, PotentialAssessed, (data) => ({ type: 'AssessPotential', ...data }));
  }
}
