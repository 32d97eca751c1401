import { Controller, Get, NotFoundException, Param } from '@nestjs/common';
import { streamOf } from '#contracts/events.js';
import { EventStore } from '#event-store/event-store.js';
import { senderOf } from '../auth/auth.guard.js';
import { seesPersonalData, withoutPersonalFields } from '../auth/personal-data.js';
import { ALL_READERS } from '../auth/roles.js';
import { addressOf, setRevision } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation, type OperationInfo } from '../http/operation.js';
import { purchaseExample } from '../openapi/examples/record.js';
import { recordSchema } from './record.schema.js';
import { toldEvent } from './told-event.js';

type RecordKind = 'purchase' | 'interaction' | 'satisfaction';

const reading = (summary: string, example?: Pick<OperationInfo, 'answerExample'>): OperationInfo => ({
  summary,
  roles: ALL_READERS,
  answer: recordSchema,
  tellsRevision: true,
  ...example,
});

/**
 * What was recorded of one thing: it has few events, and they are read where they stand. So a command's answer is in it
 * at once, and its revision is the one that `If-Match` is compared with.
 */
@Controller()
export class RecordsController {
  constructor(private readonly store: EventStore) {}

  @Get('purchases/:id')
  @Operation(
    reading('A purchase and what became of it, or a return: every event of it', { answerExample: purchaseExample }),
  )
  purchase(@Param('id') address: string, @Http() http: Exchange) {
    return this.record('purchase', address, http);
  }

  @Get('interactions/:id')
  @Operation(reading('An interaction: every event of it'))
  interaction(@Param('id') address: string, @Http() http: Exchange) {
    return this.record('interaction', address, http);
  }

  @Get('surveys/:id')
  @Operation(reading('A survey, by its surveyId: every answer to it'))
  survey(@Param('id') address: string, @Http() http: Exchange) {
    return this.record('satisfaction', address, http);
  }

  private async record(kind: RecordKind, address: string, { request, reply }: Exchange): Promise<object> {
    const id = addressOf(kind, address);
    const events = await this.store.load(streamOf(kind, id));
    if (events.length === 0) throw new NotFoundException(`Nothing was recorded of ${kind} ${address}.`);
    const told = seesPersonalData(senderOf(request)) ? events : events.map(withoutPersonalFields);
    const { revision } = events.at(-1)!;
    setRevision(reply, revision);
    return { id, revision, events: told.map(toldEvent) };
  }
}
