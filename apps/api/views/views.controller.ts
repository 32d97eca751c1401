import { Controller, Get, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import { isBusinessDay, isInstant } from '#contracts/fields.js';
import { InvalidFields } from '#contracts/validation.js';
import type { Clock } from '#platform/clock.js';
import { CUSTOMER_360_PERSONAL_DATA } from '#read-models/customer-360/customer-360.personal-data.js';
import { findCustomer360 } from '#read-models/customer-360/customer-360.query.js';
import { findLoyalty } from '#read-models/loyalty-level/loyalty-level.query.js';
import { type ReadOptions, ViewReader } from '#read-models/view-reader.js';
import { senderOf } from '../auth/auth.guard.js';
import { answerFor } from '../auth/personal-data.js';
import { ALL_READERS } from '../auth/roles.js';
import { addressOf } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { CLOCK } from './clock.token.js';

type Parameters = Record<string, string | string[]>;

@Controller('customers/:id')
export class ViewsController {
  constructor(
    private readonly reader: ViewReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('360')
  @Operation({ summary: 'The 360° view of a customer', roles: ALL_READERS, answer: { type: 'object' } })
  async customer360(@Param('id') address: string, @Query() query: Parameters, @Http() { request }: Exchange) {
    const options = readOptions(query, ['position', 'settled']);
    const { position, rows } = await findCustomer360(this.reader, addressOf('customer', address), options);
    const row = rows[0];
    if (!row) throw new NotFoundException(`There is no customer ${address}.`);
    const answer = { ...row, position: position?.toString() };
    return answerFor(senderOf(request), answer, CUSTOMER_360_PERSONAL_DATA);
  }

  @Get('loyalty')
  @Operation({
    summary: 'Points and loyalty level of a customer on a day',
    roles: ALL_READERS,
    answer: { type: 'object' },
  })
  async loyalty(@Param('id') address: string, @Query() query: Parameters) {
    const options = readOptions(query, ['position', 'settled', 'effectiveAt']);
    const date = query.effectiveAt === undefined ? this.clock.businessDate() : dayOf(query.effectiveAt);
    const { position, loyalty } = await findLoyalty(this.reader, addressOf('customer', address), date, options);
    if (!loyalty) throw new NotFoundException(`There is no customer ${address}.`);
    return { ...loyalty, position: position?.toString() };
  }
}

function readOptions(query: Parameters, known: string[]): ReadOptions {
  for (const name of Object.keys(query)) {
    if (!known.includes(name)) throw invalid(name, 'unknown', `is not known; there are: ${known.join(', ')}`);
  }
  return { position: positionOf(query.position), settled: settledOf(query.settled) };
}

function positionOf(value: Parameters[string] | undefined): bigint | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^\d{1,18}$/.test(value)) return BigInt(value);
  throw invalid('position', 'position', 'must be a position, as a command answers it');
}

function settledOf(value: Parameters[string] | undefined): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw invalid('settled', 'boolean', 'must be true or false');
}

function dayOf(value: unknown): string {
  if (isBusinessDay(value)) return value;
  if (isInstant(value)) return value.slice(0, 10);
  throw invalid('effectiveAt', 'dayOrInstant', 'must be a day, as 1998-06-30, or an instant in UTC');
}

function invalid(field: string, rule: string, message: string): InvalidFields {
  return InvalidFields.one(field, rule, message);
}
