import { Controller, ForbiddenException, Get, Inject, Query } from '@nestjs/common';
import type { RulesPublished } from '#contracts/rules.events.js';
import { versionOn } from '#domain/loyalty/rules.js';
import type { Clock } from '#platform/clock.js';
import { findCustomers, type ListFilter } from '#read-models/customer-list/customer-list.query.js';
import { findRules } from '#read-models/rules/rules.query.js';
import { ViewReader } from '#read-models/view-reader.js';
import { ALL_READERS } from '../auth/roles.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { parseQuery, type QueryParameters, readOptionsOf } from '../http/query.js';
import { customerListExample } from '../openapi/examples/customer-list.js';
import { CLOCK } from './clock.token.js';
import { listAnswerSchema } from './list-answer.js';
import { cursorIn, cursorText } from './list-cursor.js';
import { filterOf, ListParameters } from './list-parameters.js';
import { PersonalDataAccess } from './personal-data-access.js';

const USUAL_ROWS = 50;
/** What only those may look for who see it. */
const PERSONAL = ['search', 'phone', 'ageFrom', 'ageTo'] as const;

/** Lists of customers, search, and the look-up for an incoming call. */
@Controller('customers')
export class CustomerListController {
  constructor(
    private readonly reader: ViewReader,
    private readonly access: PersonalDataAccess,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Operation({
    summary: 'A page of the customers for whom everything asked for holds',
    roles: ALL_READERS,
    query: ListParameters,
    answer: listAnswerSchema,
    answerExample: customerListExample,
  })
  async list(@Query() query: QueryParameters, @Http() { request }: Exchange) {
    const parameters = parseQuery(ListParameters, query);
    const seesNames = this.access.isGiven(request);
    if (!seesNames) refusePersonal(parameters);
    const filter = await this.withLowestLevel(filterOf(parameters, this.clock.businessDate()));
    const { limit = USUAL_ROWS, cursor } = parameters;
    const page = { limit, ...(cursor !== undefined && { after: cursorIn(cursor) }) };
    const { position, rows, next } = await findCustomers(this.reader, filter, page, readOptionsOf(parameters));
    return {
      customers: seesNames ? rows : rows.map((row) => ({ ...row, name: null })),
      next: next && cursorText(next),
      position: position?.toString(),
    };
  }

  /** Nobody is announced the level that everybody begins with: who has none has the lowest of the rules of today. */
  private async withLowestLevel(filter: ListFilter): Promise<ListFilter> {
    const asked = filter.facets?.loyaltyLevel;
    if (asked === undefined) return filter;
    const { rows } = await findRules(this.reader, 'loyalty', {});
    const rules = rows as unknown as RulesPublished<'loyalty'>[];
    if (rules.length === 0) return filter;
    const lowest = versionOn(rules, this.clock.businessDate()).document.levels[0]!.name;
    if (!asked.includes(lowest)) return filter;
    return { ...filter, loyaltyLevels: rules.flatMap(({ document }) => document.levels.map(({ name }) => name)) };
  }
}

/** Whoever sees no names must not find out about them by asking who is found. */
function refusePersonal(parameters: ListParameters): void {
  const asked = PERSONAL.find((name) => parameters[name] !== undefined);
  if (asked) throw new ForbiddenException(`${asked} looks into personal data, which this credential may not see.`);
}
