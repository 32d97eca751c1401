import { Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ToInteraction } from '#commands/handlers/interaction.handler.js';
import { derivedId, externalId } from '#contracts/ids.js';
import { InteractionRecorded } from '#contracts/interaction.events.js';
import { WRITERS } from '../auth/roles.js';
import { AttributionBody } from '../http/attribution-body.js';
import { addressOf, answer, answerCreated, type ParsedCommand, parseCommand } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';

const EXAMPLE = {
  channel: 'hotline',
  direction: 'inbound',
  phase: 'after',
  purpose: 'support',
  startedAt: '2026-03-01T09:00:00Z',
  answeredAt: '2026-03-01T09:00:40Z',
  endedAt: '2026-03-01T09:12:00Z',
  externalId: { system: 'call-centre', id: 'C-4711' },
};

/** Touch-points before, during and after a purchase. */
@Controller()
export class InteractionsController {
  constructor(private readonly bus: CommandBus) {}

  @Post('customers/:id/interactions')
  @Operation({
    summary: 'Record an interaction',
    roles: WRITERS,
    body: InteractionRecorded,
    fromPath: ['customerId'],
    creates: true,
    example: EXAMPLE,
  })
  record(@Param('id') address: string, @Http() http: Exchange) {
    const customerId = addressOf('customer', address);
    return this.recorded(parseCommand(InteractionRecorded, http.request, { customerId }), http);
  }

  @Post('interactions')
  @Operation({
    summary: 'Record an interaction whose customer is not known yet',
    roles: WRITERS,
    body: InteractionRecorded,
    creates: true,
    example: EXAMPLE,
  })
  recordUnattributed(@Http() http: Exchange) {
    return this.recorded(parseCommand(InteractionRecorded, http.request), http);
  }

  @Post('interactions/:id/attribute')
  @Operation({
    summary: 'Say whose interaction it was',
    roles: WRITERS,
    body: AttributionBody,
    example: { customerId: '0190f3a1-5c00-7000-8000-000000000001' },
  })
  async attribute(@Param('id') address: string, @Http() { request, reply }: Exchange) {
    const id = addressOf('interaction', address);
    const { data, meta } = parseCommand(AttributionBody, request);
    const outcome = await this.bus.execute(new ToInteraction(id, { type: 'AttributeInteraction', ...data }, meta));
    reply.status(200);
    return answer(reply, outcome);
  }

  private async recorded({ data, meta }: ParsedCommand<InteractionRecorded>, { reply }: Exchange) {
    const { externalId: ref, startedAt } = data;
    const id = ref ? externalId('interaction', ref) : derivedId('interaction', meta.commandId);
    // An interaction says itself when it happened.
    const happening = { ...meta, occurredAt: meta.occurredAt ?? startedAt };
    const outcome = await this.bus.execute(new ToInteraction(id, { type: 'RecordInteraction', ...data }, happening));
    return answerCreated(reply, outcome, `/interactions/${outcome.id}`);
  }
}
