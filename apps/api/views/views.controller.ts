import { Controller, Get, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import { Optional } from '#contracts/fields.js';
import type { Clock } from '#platform/clock.js';
import { type Customer360Answer, findCustomer360 } from '#read-models/customer-360/customer-360.query.js';
import { withoutPersonalData } from '#read-models/customer-360/personal.js';
import { customer360In, loyaltyIn } from '#read-models/history/as-of.js';
import { differencesOf } from '#read-models/history/difference.js';
import { dayOf } from '#read-models/history/moment.js';
import { findPast, findTwoPasts } from '#read-models/history/past.query.js';
import { findLoyalty } from '#read-models/loyalty-level/loyalty-level.query.js';
import { ViewReader } from '#read-models/view-reader.js';
import { ALL_READERS } from '../auth/roles.js';
import { addressOf } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { PointInTime, parseQuery, type QueryParameters, ReadQuery, RecordedBy, readOptionsOf } from '../http/query.js';
import { customer360Example } from '../openapi/examples/customer-360.js';
import { loyaltyExample } from '../openapi/examples/loyalty.js';
import { CLOCK } from './clock.token.js';
import { customer360Schema } from './customer-360.schema.js';
import { diffSchema } from './history.schema.js';
import { loyaltySchema } from './loyalty.schema.js';
import { PersonalDataAccess } from './personal-data-access.js';

/** A moment of the past: what was recorded by then, what had happened by then, or both. */
class MomentQuery extends ReadQuery {
  @Optional() @RecordedBy() asOf?: string;
  @Optional() @PointInTime() effectiveAt?: string;
}

class DiffQuery extends ReadQuery {
  @RecordedBy() from!: string;
  /** Left out: now. */
  @Optional() @RecordedBy() to?: string;
}

@Controller('customers/:id')
export class ViewsController {
  constructor(
    private readonly reader: ViewReader,
    private readonly access: PersonalDataAccess,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('360')
  @Operation({
    summary: 'The 360° view of a customer, now or as of a moment',
    roles: ALL_READERS,
    query: MomentQuery,
    answer: customer360Schema,
    answerExample: customer360Example,
  })
  async customer360(@Param('id') address: string, @Query() parameters: QueryParameters, @Http() { request }: Exchange) {
    const query = parseQuery(MomentQuery, parameters);
    const id = addressOf('customer', address);
    const date = dayOf(query, this.clock.businessDate());
    const { position, view } = isOfThePast(query)
      ? await this.viewAsOf(id, query, date, request)
      : await findCustomer360(this.reader, id, date, readOptionsOf(query));
    if (!view) throw unknown(address, query);
    return { ...this.told(view, request), position: position?.toString() };
  }

  @Get('loyalty')
  @Operation({
    summary: 'Points and loyalty level of a customer, today or as of a moment',
    roles: ALL_READERS,
    query: MomentQuery,
    answer: loyaltySchema,
    answerExample: loyaltyExample,
  })
  async loyalty(@Param('id') address: string, @Query() parameters: QueryParameters) {
    const query = parseQuery(MomentQuery, parameters);
    const id = addressOf('customer', address);
    const date = dayOf(query, this.clock.businessDate());
    const { position, loyalty } = isOfThePast(query)
      ? await this.loyaltyAsOf(id, query, date)
      : await findLoyalty(this.reader, id, date, readOptionsOf(query));
    if (!loyalty) throw unknown(address, query);
    return { ...loyalty, position: position?.toString() };
  }

  @Get('diff')
  @Operation({
    summary: 'What the 360° view said of a customer at two moments, field by field',
    roles: ALL_READERS,
    query: DiffQuery,
    answer: diffSchema,
  })
  async diff(@Param('id') address: string, @Query() parameters: QueryParameters, @Http() { request }: Exchange) {
    const query = parseQuery(DiffQuery, parameters);
    const id = addressOf('customer', address);
    const moments: [string, string | undefined] = [query.from, query.to];
    const opener = this.access.openerFor(request);
    const { position, pasts } = await findTwoPasts(this.reader, opener, id, moments, readOptionsOf(query));
    const [from, to] = moments.map((asOf, n) => {
      const view = pasts[n] && customer360In(pasts[n], undefined, dayOf({ asOf }, this.clock.businessDate()));
      return view && this.told(view, request);
    });
    if (!from && !to) throw unknown(address, { asOf: query.to });
    const differences = differencesOf(from ?? {}, to ?? {});
    return { from: query.from, to: query.to ?? null, differences, position: position?.toString() };
  }

  private told(view: Customer360Answer, request: Exchange['request']): Customer360Answer {
    return this.access.isGiven(request) ? view : withoutPersonalData(view);
  }

  private async viewAsOf(id: string, query: MomentQuery, date: string, request: Exchange['request']) {
    const opener = this.access.openerFor(request);
    const { position, past } = await findPast(this.reader, opener, id, query.asOf, readOptionsOf(query));
    return { position, view: past && customer360In(past, query.effectiveAt, date) };
  }

  private async loyaltyAsOf(id: string, query: MomentQuery, date: string) {
    // Nothing in a ledger is personal.
    const { position, past } = await findPast(this.reader, undefined, id, query.asOf, readOptionsOf(query), 'loyalty');
    return { position, loyalty: past && loyaltyIn(past, query.effectiveAt, date) };
  }
}

function isOfThePast({ asOf, effectiveAt }: MomentQuery): boolean {
  return asOf !== undefined || effectiveAt !== undefined;
}

function unknown(address: string, query: MomentQuery): NotFoundException {
  return new NotFoundException(
    isOfThePast(query)
      ? `There was no customer ${address} at that moment, or there is none.`
      : `There is no customer ${address}.`,
  );
}
