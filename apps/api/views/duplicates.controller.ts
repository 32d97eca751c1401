import { Controller, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { Optional, rule } from '#contracts/fields.js';
import { isUuid } from '#contracts/ids.js';
import { parse } from '#contracts/validation.js';
import {
  findDuplicates,
  findDuplicatesOf,
  type PairPlace,
  type SuggestedPairs,
} from '#read-models/duplicates/duplicates.query.js';
import { type ReadOptions, ViewReader } from '#read-models/view-reader.js';
import { READERS } from '../auth/roles.js';
import { addressOf } from '../http/command-request.js';
import { Operation } from '../http/operation.js';
import { duplicatesSchema, MOST_PAIRS } from './duplicates.schema.js';

const USUAL_LIMIT = 50;

const Position = (): PropertyDecorator =>
  rule(
    'position',
    (value) => typeof value === 'string' && /^\d{1,18}$/.test(value),
    'must be a position, as a command answers it',
    { type: 'string', pattern: '^\\d{1,18}$' },
  );

const TrueOrFalse = (): PropertyDecorator =>
  rule('boolean', (value) => value === 'true' || value === 'false', 'must be true or false', { type: 'boolean' });

const Limit = (): PropertyDecorator =>
  rule(
    'limit',
    (value) => typeof value === 'string' && /^[1-9]\d{0,2}$/.test(value) && Number(value) <= MOST_PAIRS,
    `must be a whole number from 1 to ${MOST_PAIRS}`,
    { type: 'integer', minimum: 1, maximum: MOST_PAIRS },
  );

const Place = (): PropertyDecorator =>
  rule('cursor', (value) => placeIn(value) !== undefined, 'must be `next` of the page before', {
    type: 'string',
    pattern: '^[0-9a-f-]{36}([.][0-9a-f-]{36})?$',
  });

class DuplicatesOfQuery {
  /** Everything up to this position must be in the answer. */
  @Optional() @Position() position?: string;
  /** Also what the policies made of it. */
  @Optional() @TrueOrFalse() settled?: string;
}

class DuplicatesQuery extends DuplicatesOfQuery {
  /** `next` of the page before. */
  @Optional() @Place() cursor?: string;
  @Optional() @Limit() limit?: string;
}

type Parameters = Record<string, string | string[]>;

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
  async duplicates(@Query() parameters: Parameters) {
    const query = parse(DuplicatesQuery, parameters);
    const limit = Number(query.limit ?? USUAL_LIMIT);
    const found = await findDuplicates(this.reader, placeIn(query.cursor), limit, optionsOf(query));
    const next = found.next && [found.next.customerId, found.next.otherCustomerId].filter(isUuid).join('.');
    return { ...answerOf(found), next: next ?? null };
  }

  @Get('customers/:id/duplicates')
  @Operation({
    summary: 'Customers that may be this one, the most alike first',
    roles: READERS,
    query: DuplicatesOfQuery,
    answer: duplicatesSchema({ next: false }),
  })
  async duplicatesOf(@Param('id') address: string, @Query() parameters: Parameters) {
    const options = optionsOf(parse(DuplicatesOfQuery, parameters));
    const found = await findDuplicatesOf(this.reader, addressOf('customer', address), options);
    if (!found) throw new NotFoundException(`There is no customer ${address}.`);
    return answerOf(found);
  }
}

function answerOf({ pairs, position }: SuggestedPairs) {
  return { pairs, position: position?.toString() };
}

function optionsOf({ position, settled }: DuplicatesOfQuery): ReadOptions {
  return { position: position === undefined ? undefined : BigInt(position), settled: settled === 'true' };
}

function placeIn(cursor: unknown): PairPlace | undefined {
  if (typeof cursor !== 'string') return undefined;
  const [customerId, otherCustomerId, ...more] = cursor.split('.');
  if (!isUuid(customerId) || more.length > 0) return undefined;
  if (otherCustomerId === undefined) return { customerId };
  return isUuid(otherCustomerId) ? { customerId, otherCustomerId } : undefined;
}
