import { Controller, Get, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type LoyaltyOutcome, ToLoyalty } from '#commands/handlers/loyalty.handler.js';
import { derivedId } from '#contracts/ids.js';
import type { JudgedLater } from '#domain/loyalty/commands.js';
import { findLedger } from '#read-models/loyalty-level/loyalty-ledger.query.js';
import { ViewReader } from '#read-models/view-reader.js';
import { ADMINS, ALL_READERS, WRITERS } from '../auth/roles.js';
import { addressOf, answer, parseCommand } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { parseQuery, type QueryParameters, readOptionsOf } from '../http/query.js';
import { ledgerExample } from '../openapi/examples/ledger.js';
import { ledgerSchema, redemptionSchema } from './ledger.schema.js';
import { AdjustmentBody, LedgerQuery, LevelBody, RedemptionBody, ReversalBody } from './loyalty-bodies.js';

const PAGE = 100;

/** A customer's account of points. */
@Controller('customers/:id/loyalty')
export class LoyaltyController {
  constructor(
    private readonly bus: CommandBus,
    private readonly reader: ViewReader,
  ) {}

  @Post('redeem')
  @Operation({
    summary: 'Spend points, first-expiring first',
    roles: WRITERS,
    body: RedemptionBody,
    answer: redemptionSchema,
    example: { points: 100, reward: 'A cinema ticket' },
  })
  async redeem(@Param('id') address: string, @Http() http: Exchange) {
    const outcome = await this.execute(address, http, RedemptionBody, (data, commandId) => ({
      type: 'RedeemPoints',
      ...data,
      redemptionId: data.redemptionId ?? derivedId('redemption', commandId),
    }));
    const { redemptionId, allocations } = outcome;
    return { ...answer(http.reply, outcome), redemptionId, allocations };
  }

  @Post('reverse')
  @Operation({
    summary: 'Take a redemption back: the points return to their lots',
    roles: WRITERS,
    body: ReversalBody,
    example: { redemptionId: '01900000-0000-7000-8000-000000000000', reason: 'The ticket was not used' },
  })
  async reverse(@Param('id') address: string, @Http() http: Exchange) {
    const outcome = await this.execute(address, http, ReversalBody, (data) => ({ type: 'ReverseRedemption', ...data }));
    return answer(http.reply, outcome);
  }

  @Post('adjust')
  @Operation({
    summary: 'Give or take points by hand',
    roles: ADMINS,
    body: AdjustmentBody,
    example: { points: 50, expiresOn: '2030-01-01', reason: 'For the long wait' },
  })
  async adjust(@Param('id') address: string, @Http() http: Exchange) {
    const outcome = await this.execute(address, http, AdjustmentBody, (data, commandId) => ({
      type: 'AdjustPoints',
      ...data,
      adjustmentId: data.adjustmentId ?? derivedId('adjustment', commandId),
      customerId: addressOf('customer', address),
    }));
    return answer(http.reply, outcome);
  }

  @Post('set-level')
  @Operation({
    summary: 'Set the loyalty level by hand, whatever the points say',
    roles: ADMINS,
    body: LevelBody,
    example: { loyaltyLevel: 'vip', reason: 'Moved here from a shop where they were one' },
  })
  async setLevel(@Param('id') address: string, @Http() http: Exchange) {
    const outcome = await this.execute(address, http, LevelBody, (data) => ({
      type: 'SetLoyaltyLevel',
      ...data,
      customerId: addressOf('customer', address),
    }));
    return answer(http.reply, outcome);
  }

  @Get('ledger')
  @Operation({
    summary: 'Every movement of points, in the order recorded',
    roles: ALL_READERS,
    query: LedgerQuery,
    answer: ledgerSchema,
    answerExample: ledgerExample,
  })
  async ledger(@Param('id') address: string, @Query() parameters: QueryParameters) {
    const query = parseQuery(LedgerQuery, parameters);
    const id = addressOf('customer', address);
    const asked = { after: query.after ?? 0, limit: query.limit ?? PAGE };
    const { position, page } = await findLedger(this.reader, id, asked, readOptionsOf(query));
    if (!page) throw new NotFoundException(`There is no customer ${address}.`);
    return { ...page, position: position?.toString() };
  }

  private async execute<Body extends object, Said extends JudgedLater>(
    address: string,
    { request, reply }: Exchange,
    type: new () => Body,
    toCommand: (data: Body, commandId: string) => Said,
  ): Promise<LoyaltyOutcome & { redemptionId?: string }> {
    const { data, meta } = parseCommand(type, request);
    const command = toCommand(data, meta.commandId);
    const outcome = await this.bus.execute(new ToLoyalty(addressOf('customer', address), command, meta));
    reply.status(200);
    return command.type === 'RedeemPoints' ? { ...outcome, redemptionId: command.redemptionId } : outcome;
  }
}
