import { Controller, Param, Post } from '@nestjs/common';
import {
  ComplaintHandlingRated,
  CsatAnswered,
  ExpectationRecorded,
  NpsAnswered,
  ServiceQualityRated,
} from '#contracts/satisfaction.events.js';
import { WRITERS } from '../auth/roles.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import * as example from './examples.js';
import { SurveyAnswers } from './survey-answers.js';

const FROM_PATH = ['customerId'];

/** What a customer says about us: one answer to each question of a survey. */
@Controller('customers/:id/satisfaction')
export class CustomerSatisfactionController {
  constructor(private readonly answers: SurveyAnswers) {}

  @Post('nps')
  @Operation({
    summary: 'Answer how likely they would recommend us',
    roles: WRITERS,
    body: NpsAnswered,
    fromPath: FROM_PATH,
    creates: true,
    example: example.nps,
  })
  nps(@Param('id') address: string, @Http() http: Exchange) {
    return this.answers.record(address, http, NpsAnswered, (data) => ({ type: 'AnswerNps', ...data }));
  }

  @Post('csat')
  @Operation({
    summary: 'Answer how satisfied they are',
    roles: WRITERS,
    body: CsatAnswered,
    fromPath: FROM_PATH,
    creates: true,
    example: example.csat,
  })
  csat(@Param('id') address: string, @Http() http: Exchange) {
    return this.answers.record(address, http, CsatAnswered, (data) => ({ type: 'AnswerCsat', ...data }));
  }

  @Post('complaint-handling')
  @Operation({
    summary: 'Rate how a complaint was handled',
    roles: WRITERS,
    body: ComplaintHandlingRated,
    fromPath: FROM_PATH,
    creates: true,
    example: example.complaintHandling,
  })
  complaintHandling(@Param('id') address: string, @Http() http: Exchange) {
    return this.answers.record(address, http, ComplaintHandlingRated, (data) => ({
      type: 'RateComplaintHandling',
      ...data,
    }));
  }

  @Post('expectation')
  @Operation({
    summary: 'Record what they expect of the service',
    roles: WRITERS,
    body: ExpectationRecorded,
    fromPath: FROM_PATH,
    creates: true,
    example: example.expectation,
  })
  expectation(@Param('id') address: string, @Http() http: Exchange) {
    return this.answers.record(address, http, ExpectationRecorded, (data) => ({ type: 'RecordExpectation', ...data }));
  }

  @Post('service-quality')
  @Operation({
    summary: 'Rate one dimension of the service',
    roles: WRITERS,
    body: ServiceQualityRated,
    fromPath: FROM_PATH,
    creates: true,
    example: example.serviceQuality,
  })
  serviceQuality(@Param('id') address: string, @Http() http: Exchange) {
    return this.answers.record(address, http, ServiceQualityRated, (data) => ({ type: 'RateServiceQuality', ...data }));
  }
}
