import { Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ToComplaint } from '#commands/handlers/complaint.handler.js';
import {
  ComplaintAcknowledged,
  ComplaintAssessed,
  ComplaintAssigned,
  ComplaintClosed,
  ComplaintEscalated,
  ComplaintReopened,
  ComplaintResolutionDisputed,
  ComplaintResolutionTold,
  ComplaintResolved,
  ComplaintResumed,
  ComplaintWaitingOnCustomer,
} from '#contracts/complaint.events.js';
import type { ComplaintMove } from '#domain/complaint/commands.js';
import { WRITERS } from '../auth/roles.js';
import { AttributionBody } from '../http/attribution-body.js';
import { addressOf, answer, parseCommand } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';

/** What becomes of a complaint: the life cycle of ISO 10002. */
@Controller('complaints/:id')
export class ComplaintMovesController {
  constructor(private readonly bus: CommandBus) {}

  @Post('acknowledge')
  @Operation({
    summary: 'Record that the customer was told that the complaint was received',
    roles: WRITERS,
    body: ComplaintAcknowledged,
    example: { channel: 'email' },
  })
  acknowledge(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, ComplaintAcknowledged, (data) => ({ type: 'AcknowledgeComplaint', ...data }));
  }

  @Post('assess')
  @Operation({
    summary: 'Assess how severe it is; another severity moves the deadlines',
    roles: WRITERS,
    body: ComplaintAssessed,
    example: { severity: 'high', reason: 'A child could be hurt.' },
  })
  assess(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, ComplaintAssessed, (data) => ({ type: 'AssessComplaint', ...data }));
  }

  @Post('assign')
  @Operation({
    summary: 'Assign it to an agent',
    roles: WRITERS,
    body: ComplaintAssigned,
    example: { agentId: 'e-17', line: 'specialist', department: 'warranty' },
  })
  assign(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, ComplaintAssigned, (data) => ({ type: 'AssignComplaint', ...data }));
  }

  @Post('wait')
  @Operation({
    summary: 'Wait for the customer: the clock of the resolution deadline stands still',
    roles: WRITERS,
    body: ComplaintWaitingOnCustomer,
    example: { question: 'Which serial number does the device have?' },
  })
  wait(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, ComplaintWaitingOnCustomer, (data) => ({ type: 'WaitOnCustomer', ...data }));
  }

  @Post('resume')
  @Operation({
    summary: 'Go on after waiting: the resolution deadline is set again',
    roles: WRITERS,
    body: ComplaintResumed,
    example: { reason: 'The customer answered.' },
  })
  resume(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, ComplaintResumed, (data) => ({ type: 'ResumeComplaint', ...data }));
  }

  @Post('escalate')
  @Operation({
    summary: 'Escalate it to a higher line',
    roles: WRITERS,
    body: ComplaintEscalated,
    example: { to: 'management', reason: 'The customer asked for the manager.' },
  })
  escalate(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, ComplaintEscalated, (data) => ({ type: 'EscalateComplaint', ...data }));
  }

  @Post('resolve')
  @Operation({
    summary: 'Resolve a complaint',
    roles: WRITERS,
    body: ComplaintResolved,
    example: {
      outcome: 'monetaryRelief',
      compensation: { amount: 250000, currency: 'VND' },
      rootCause: 'packaging',
      resolvedBy: { agentId: 'e-17', line: 'specialist' },
    },
  })
  resolve(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, ComplaintResolved, (data) => ({ type: 'ResolveComplaint', ...data }));
  }

  @Post('tell')
  @Operation({
    summary: 'Record that the customer was told how it was resolved',
    roles: WRITERS,
    body: ComplaintResolutionTold,
    example: { channel: 'phone' },
  })
  tell(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, ComplaintResolutionTold, (data) => ({ type: 'TellResolution', ...data }));
  }

  @Post('dispute')
  @Operation({
    summary: 'Record that the customer disputes the resolution',
    roles: WRITERS,
    body: ComplaintResolutionDisputed,
    example: { reason: 'The refund does not cover the shipping.' },
  })
  dispute(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, ComplaintResolutionDisputed, (data) => ({ type: 'DisputeResolution', ...data }));
  }

  @Post('reopen')
  @Operation({
    summary: 'Reopen it: both deadlines begin anew',
    roles: WRITERS,
    body: ComplaintReopened,
    example: { reason: 'The customer is right.' },
  })
  reopen(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, ComplaintReopened, (data) => ({ type: 'ReopenComplaint', ...data }));
  }

  @Post('close')
  @Operation({
    summary: 'Close it: the resolution must have been told',
    roles: WRITERS,
    body: ComplaintClosed,
    example: { reason: 'The customer is content.' },
  })
  close(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, ComplaintClosed, (data) => ({ type: 'CloseComplaint', ...data }));
  }

  @Post('attribute')
  @Operation({
    summary: 'Say whose complaint it is, where that was not known',
    roles: WRITERS,
    body: AttributionBody,
    example: { customerId: '0192d7a6-7b1e-7c3a-9f54-2f6f0c1e8a10' },
  })
  attribute(@Param('id') id: string, @Http() http: Exchange) {
    return this.send(id, http, AttributionBody, (data) => ({ type: 'AttributeComplaint', ...data }));
  }

  /** @param type declares the body. */
  private async send<Data extends object>(
    address: string,
    { request, reply }: Exchange,
    type: new () => Data,
    toMove: (data: Data) => ComplaintMove,
  ): Promise<object> {
    const id = addressOf('complaint', address);
    const { data, meta } = parseCommand(type, request);
    const outcome = await this.bus.execute(new ToComplaint(id, toMove(data), meta));
    reply.status(200);
    return answer(reply, outcome);
  }
}
