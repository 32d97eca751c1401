import { Controller, Get, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ToComplaint } from '#commands/handlers/complaint.handler.js';
import { CustomerComplained } from '#contracts/complaint.events.js';
import { derivedId, externalId } from '#contracts/ids.js';
import { isGiven } from '#domain/deciding.js';
import { findComplaint } from '#read-models/complaint/complaint.query.js';
import { ViewReader } from '#read-models/view-reader.js';
import { ALL_READERS, WRITERS } from '../auth/roles.js';
import { addressOf, answerCreated, type ParsedCommand, parseCommand, setRevision } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { parseQuery, type QueryParameters, ReadQuery, readOptionsOf } from '../http/query.js';
import { complaintExample } from '../openapi/examples/complaint.js';
import { PersonalDataAccess } from '../views/personal-data-access.js';
import { complaintAnswer } from './complaint-answer.js';

const EXAMPLE = {
  product: { id: 'SKU-1', category: 'Kettles' },
  issue: 'Broken on arrival',
  severity: 'medium',
  channel: 'phone',
  desiredOutcome: 'A new one',
};

@Controller()
export class ComplaintsController {
  constructor(
    private readonly bus: CommandBus,
    private readonly reader: ViewReader,
    private readonly access: PersonalDataAccess,
  ) {}

  @Post('customers/:id/complaints')
  @Operation({
    summary: 'Raise a complaint',
    roles: WRITERS,
    body: CustomerComplained,
    fromPath: ['customerId'],
    creates: true,
    example: EXAMPLE,
  })
  raise(@Param('id') address: string, @Http() http: Exchange) {
    const customerId = addressOf('customer', address);
    return this.raised(parseCommand(CustomerComplained, http.request, { customerId }), http);
  }

  @Post('complaints')
  @Operation({
    summary: 'Raise a complaint whose customer is not known yet',
    roles: WRITERS,
    body: CustomerComplained,
    creates: true,
    example: EXAMPLE,
  })
  raiseUnattributed(@Http() http: Exchange) {
    return this.raised(parseCommand(CustomerComplained, http.request), http);
  }

  @Get('complaints/:id')
  @Operation({
    summary: 'A complaint as it stands, its deadlines and breaches, and its whole course',
    roles: ALL_READERS,
    query: ReadQuery,
    tellsRevision: true,
    answer: complaintAnswer,
    answerExample: complaintExample,
  })
  async show(@Param('id') address: string, @Query() query: QueryParameters, @Http() { request, reply }: Exchange) {
    const options = readOptionsOf(parseQuery(ReadQuery, query));
    const opener = this.access.openerFor(request);
    const { position, complaint } = await findComplaint(this.reader, opener, addressOf('complaint', address), options);
    if (!complaint) throw new NotFoundException(`There is no complaint ${address}.`);
    // The course has every event of its stream.
    setRevision(reply, complaint.course.length - 1);
    return { ...complaint, position: position?.toString() };
  }

  private async raised({ data, meta }: ParsedCommand<CustomerComplained>, { reply }: Exchange) {
    const id = isGiven(data.externalId)
      ? externalId('complaint', data.externalId)
      : derivedId('complaint', meta.commandId);
    const outcome = await this.bus.execute(new ToComplaint(id, { type: 'RaiseComplaint', ...data }, meta));
    return answerCreated(reply, outcome, `/complaints/${outcome.id}`);
  }
}
