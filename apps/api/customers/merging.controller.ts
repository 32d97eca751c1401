import { Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type AboutPair, ToPair } from '#commands/handlers/pair.handler.js';
import { Id, ListOf, Optional, Text } from '#contracts/fields.js';
import { derivedId } from '#contracts/ids.js';
import { DuplicateDismissed, DuplicateEvidence } from '#contracts/merge.events.js';
import { ADMINS, type ApiRole } from '../auth/roles.js';
import { addressOf, answer, parseCommand } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';

/** The merge's id is derived, and the path names the survivor. */
class Merge {
  @Id() absorbedId!: string;
  @Optional() @ListOf(() => DuplicateEvidence, { least: 0, most: 50 }) evidence?: DuplicateEvidence[];
}

class Unmerge {
  @Id() absorbedId!: string;
  @Text(500) reason!: string;
}

/** Whoever works with customers tells two of the same name apart; it changes neither. */
const KNOW_CUSTOMERS: readonly ApiRole[] = ['agent', 'admin'];

const OTHER = 'fcd9ba3a-5c96-5941-a123-7819353ae857';

/** Two customers that turn out to be one, or turn out not to be. */
@Controller('customers/:id')
export class MergingController {
  constructor(private readonly bus: CommandBus) {}

  @Post('merge')
  @Operation({
    summary: 'Merge another customer into this one',
    roles: ADMINS,
    body: Merge,
    example: { absorbedId: OTHER, evidence: [{ field: 'birthDate', similarity: 1 }] },
  })
  merge(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, Merge, ({ absorbedId, evidence }, command) => ({
      other: absorbedId,
      about: { type: 'Merge', mergeId: derivedId('merge', ...command, absorbedId), evidence },
    }));
  }

  @Post('unmerge')
  @Operation({
    summary: 'Take a merged customer out again',
    roles: ADMINS,
    body: Unmerge,
    example: { absorbedId: OTHER, reason: 'Father and son' },
  })
  unmerge(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, Unmerge, ({ absorbedId, reason }) => ({
      other: absorbedId,
      about: { type: 'Unmerge', reason },
    }));
  }

  @Post('dismiss-duplicate')
  @Operation({
    summary: 'Record that another customer is not this one, however alike',
    roles: KNOW_CUSTOMERS,
    body: DuplicateDismissed,
    example: { otherCustomerId: OTHER, reason: 'Twins' },
  })
  dismiss(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, DuplicateDismissed, ({ otherCustomerId, reason }) => ({
      other: otherCustomerId,
      about: { type: 'Dismiss', reason },
      field: 'otherCustomerId',
    }));
  }

  private async send<Data extends object>(
    address: string,
    { request, reply }: Exchange,
    type: new () => Data,
    toPair: (
      data: Data,
      command: [id: string, customerId: string],
    ) => { other: string; about: AboutPair; field?: string },
  ): Promise<object> {
    const id = addressOf('customer', address);
    const { data, meta } = parseCommand(type, request);
    const { other, about, field } = toPair(data, [meta.commandId, id]);
    const outcome = await this.bus.execute(new ToPair(id, other, about, meta, field));
    reply.status(200);
    return answer(reply, outcome);
  }
}
