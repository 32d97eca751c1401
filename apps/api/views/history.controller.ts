import { Controller, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { PHASES } from '#contracts/codes.js';
import { eventDeclarations } from '#contracts/events.js';
import { Code, Optional, rule, Text } from '#contracts/fields.js';
import { isUuid } from '#contracts/ids.js';
import { InvalidFields } from '#contracts/validation.js';
import { findEvent, findHistory } from '#read-models/history/history.query.js';
import { firstInstant, throughInstant } from '#read-models/history/moment.js';
import { ViewReader } from '#read-models/view-reader.js';
import { ALL_READERS } from '../auth/roles.js';
import { addressOf } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import {
  Limit,
  PointInTime,
  Position,
  parseQuery,
  type QueryParameters,
  ReadQuery,
  readOptionsOf,
} from '../http/query.js';
import { eventInContextExample } from '../openapi/examples/event-in-context.js';
import { historyPageExample } from '../openapi/examples/history.js';
import { eventInContextSchema, historySchema } from './history.schema.js';
import { PersonalDataAccess } from './personal-data-access.js';

const USUAL_LIMIT = 50;
const MOST = 500;
const TYPES = [...eventDeclarations.keys()];

/** Names of event types with commas between them. */
const EventTypes = (): PropertyDecorator =>
  rule(
    'eventTypes',
    (value) => typeof value === 'string' && value.split(',').every((type) => TYPES.includes(type)),
    'must be names of event types with commas between them, as CustomerPurchased,PurchaseReturned',
    { type: 'string', pattern: `^(${TYPES.join('|')})(,(${TYPES.join('|')}))*$` },
  );

class HistoryQuery extends ReadQuery {
  @Optional() @EventTypes() type?: string;
  /** `purchase-…`: one stream. */
  @Optional() @Text(100) stream?: string;
  @Optional() @Code(PHASES) phase?: string;
  /** Recorded from then on. */
  @Optional() @PointInTime() from?: string;
  /** Recorded up to then. */
  @Optional() @PointInTime() to?: string;
  /** `next` of the page before. */
  @Optional() @Position() cursor?: string;
  @Optional() @Limit(MOST) limit?: number;
}

/** What happened, who did it, when, and why. */
@Controller()
export class HistoryController {
  constructor(
    private readonly reader: ViewReader,
    private readonly access: PersonalDataAccess,
  ) {}

  @Get('customers/:id/history')
  @Operation({
    summary: 'Every event about a customer in the order in which they were recorded',
    roles: ALL_READERS,
    query: HistoryQuery,
    answer: historySchema,
    answerExample: historyPageExample,
  })
  async history(@Param('id') address: string, @Query() parameters: QueryParameters, @Http() { request }: Exchange) {
    const query = parseQuery(HistoryQuery, parameters);
    const { type, stream, phase, from, to, cursor, limit = USUAL_LIMIT } = query;
    const filter = {
      types: type?.split(','),
      stream,
      phase,
      from: from && firstInstant(from),
      to: to && throughInstant(to),
    };
    const { position, page } = await findHistory(
      this.reader,
      this.access.openerFor(request),
      addressOf('customer', address),
      { filter, after: cursor, limit },
      readOptionsOf(query),
    );
    if (!page) throw new NotFoundException(`There is no customer ${address}.`);
    return { ...page, position: position?.toString() };
  }

  @Get('events/:eventId')
  @Operation({
    summary: 'An event, what brought it about, and what it brought about',
    roles: ALL_READERS,
    query: ReadQuery,
    answer: eventInContextSchema,
    answerExample: eventInContextExample,
  })
  async event(@Param('eventId') eventId: string, @Query() parameters: QueryParameters, @Http() { request }: Exchange) {
    const options = readOptionsOf(parseQuery(ReadQuery, parameters));
    if (!isUuid(eventId)) throw InvalidFields.one('eventId', 'uuid', 'must be a UUID in lower case');
    const { position, found } = await findEvent(this.reader, this.access.openerFor(request), eventId, options);
    if (!found) throw new NotFoundException(`There is no event ${eventId}.`);
    return { ...found, position: position?.toString() };
  }
}
