import { Controller, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { Optional, rule } from '#contracts/fields.js';
import { isUuid } from '#contracts/ids.js';
import {
  findDuplicates,
  findDuplicatesOf,
  type PairPlace,
  type SuggestedPairs,
} from '#read-models/duplicates/duplicates.query.js';
import { ViewReader } from '#read-models/view-reader.js';
import { READERS } from '../auth/roles.js';
import { addressOf } from '../http/command-request.js';
import { Operation } from '../http/operation.js';
import { Limit, parseQuery, type QueryParameters, ReadQuery, readOptionsOf } from '../http/query.js';
import { duplicatesSchema, MOST_PAIRS } from './duplicates.schema.js';

const USUAL_LIMIT = 50;
const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const Place = (): PropertyDecorator =>
  rule('cursor', (value) => placeIn(value) !== undefined, 'must be `next` of the page before', {
    type: 'string',
    pattern: `^${UUID}([.]${UUID})?$`,
  });

class DuplicatesQuery extends ReadQuery {
  /** `next` of the page before. */
  @Optional() @Place() cursor?: string;
  @Optional() @Limit(MOST_PAIRS) limit?: number;
}

/** Who may be one customer under two ids. The evidence names fields, not what they hold. */
@Controller()
export class DuplicatesController {
  constructor(private readonly reader: ViewReader) {}

  @Get('duplicates')
  @Operation({
    summary: 'Pairs of customers that may be one, in the order of their ids',
    roles: READERS,
    query: DuplicatesQuery,
    answer: duplicatesSchema({ next: true }),
  })
  async duplicates(@Query() parameters: QueryParameters) {
    const query = parseQuery(DuplicatesQuery, parameters);
    const found = await findDuplicates(
      this.reader,
      placeIn(query.cursor),
      query.limit ?? USUAL_LIMIT,
      readOptionsOf(query),
    );
    const next = found.next && [found.next.customerId, found.next.otherCustomerId].filter(isUuid).join('.');
    return { ...answerOf(found), next: next ?? null };
  }

  @Get('customers/:id/duplicates')
  @Operation({
    summary: 'Customers that may be this one, the most alike first',
    roles: READERS,
    query: ReadQuery,
    answer: duplicatesSchema({ next: false }),
  })
  async duplicatesOf(@Param('id') address: string, @Query() parameters: QueryParameters) {
    const options = readOptionsOf(parseQuery(ReadQuery, parameters));
    const found = await findDuplicatesOf(this.reader, addressOf('customer', address), options);
    if (!found) throw new NotFoundException(`There is no customer ${address}.`);
    return answerOf(found);
  }
}

function answerOf({ pairs, position }: SuggestedPairs) {
  return { pairs, position: position?.toString() };
}

function placeIn(cursor: unknown): PairPlace | undefined {
  if (typeof cursor !== 'string') return undefined;
  const [customerId, otherCustomerId, ...more] = cursor.split('.');
  if (!isUuid(customerId) || more.length > 0) return undefined;
  if (otherCustomerId === undefined) return { customerId };
  return isUuid(otherCustomerId) ? { customerId, otherCustomerId } : undefined;
}
