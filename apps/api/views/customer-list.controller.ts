import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { Clock } from '#platform/clock.js';
import { findCustomers } from '#read-models/customer-list/customer-list.query.js';
import { ViewReader } from '#read-models/view-reader.js';
import { senderOf } from '../auth/auth.guard.js';
import { ALL_READERS, READERS } from '../auth/roles.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { parseQuery, type QueryParameters } from '../http/query-request.js';
import { CLOCK } from './clock.token.js';
import { listAnswerSchema } from './list-answer.js';
import { filterOf, isListCursor, ListParameters } from './list-parameters.js';
import { cursorOf, cursorText, limitOf, readOptionsOf } from './read-parameters.js';

/** Lists of customers, search, and the look-up for an incoming call. */
@Controller('customers')
export class CustomerListController {
  constructor(
    private readonly reader: ViewReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Operation({
    summary: 'A page of the customers for whom everything asked for holds',
    roles: ALL_READERS,
    query: ListParameters,
    answer: listAnswerSchema,
  })
  async list(@Query() query: QueryParameters, @Http() { request }: Exchange) {
    const parameters = parseQuery(ListParameters, query);
    const filter = filterOf(parameters, this.clock.businessDate());
    const after = cursorOf(parameters.cursor, isListCursor);
    const page = { limit: limitOf(parameters), ...(after && { after }) };
    const { position, rows, next } = await findCustomers(this.reader, filter, page, readOptionsOf(parameters));
    const seesNames = READERS.includes(senderOf(request).role);
    return {
      customers: seesNames ? rows : rows.map((row) => ({ ...row, name: null })),
      next: cursorText(next),
      position: position?.toString(),
    };
  }
}
