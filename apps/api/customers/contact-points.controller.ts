import { Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ToCustomer } from '#commands/handlers/customer.handler.js';
import { StreamCommands } from '#commands/stream-commands.js';
import { derivedId } from '#contracts/ids.js';
import { ContactPointRemoved, ContactPointVerified } from '#contracts/profile.events.js';
import { contactPointIdOf } from '#domain/customer/contact-points.js';
import { customer } from '#domain/customer/customer.decider.js';
import { NewContactPoint } from '#domain/customer/profile-commands.js';
import { WRITERS } from '../auth/roles.js';
import { addressOf, answer, parseCommand } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { commandAnswerNaming } from '../openapi/responses.js';
import { CustomerCommands } from './customer-commands.js';

/** How they are reached. */
@Controller('customers/:id/contact-points')
export class ContactPointsController {
  constructor(
    private readonly bus: CommandBus,
    private readonly streams: StreamCommands,
    private readonly customers: CustomerCommands,
  ) {}

  @Post()
  @Operation({
    summary: 'Add a contact point; one that is there already is answered with its id',
    roles: WRITERS,
    body: NewContactPoint,
    answer: commandAnswerNaming('contactPointId'),
    example: { medium: 'phone', value: '0912 345 678', country: 'VN', label: 'mobile', preferred: true },
  })
  async add(@Param('id') address: string, @Http() { request, reply }: Exchange) {
    const id = addressOf('customer', address);
    const { data, meta } = parseCommand(NewContactPoint, request);
    const contactPointId = data.contactPointId ?? derivedId('contactPoint', meta.commandId);
    const command = { type: 'AddContactPoint' as const, ...data, contactPointId };
    const outcome = await this.bus.execute(new ToCustomer(id, command, meta));
    const isNew = outcome.appended > 0 || outcome.repeated;
    const known = isNew ? undefined : await this.knownId(outcome.id, data);
    reply.status(200);
    return { ...answer(reply, outcome), contactPointId: known ?? contactPointId };
  }

  @Post(':contactPointId/verify')
  @Operation({
    summary: 'Record that they answer at a contact point',
    roles: WRITERS,
    body: ContactPointVerified,
    fromPath: ['contactPointId'],
    example: { method: 'link' },
  })
  verify(@Param('id') id: string, @Param('contactPointId') contactPointId: string, @Http() http: Exchange) {
    return this.customers.send(id, http, ContactPointVerified, (data) => ({ type: 'VerifyContactPoint', ...data }), {
      contactPointId,
    });
  }

  @Post(':contactPointId/remove')
  @Operation({
    summary: 'Remove a contact point',
    roles: WRITERS,
    body: ContactPointRemoved,
    fromPath: ['contactPointId'],
    example: {},
  })
  remove(@Param('id') id: string, @Param('contactPointId') contactPointId: string, @Http() http: Exchange) {
    return this.customers.send(id, http, ContactPointRemoved, (data) => ({ type: 'RemoveContactPoint', ...data }), {
      contactPointId,
    });
  }

  private async knownId(customerId: string, { medium, value, country }: NewContactPoint): Promise<string | undefined> {
    const { state } = await this.streams.stateOf('customer', customerId, customer);
    return contactPointIdOf(state, medium, value, country);
  }
}
