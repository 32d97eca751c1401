import { Controller, Post } from '@nestjs/common';
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

/** What somebody says about us, where nobody knows who it was. */
@Controller('satisfaction')
export class SatisfactionController {
  constructor(private readonly answers: SurveyAnswers) {}

  @Post('nps')
  @Operation({
    summary: 'Answer how likely they would recommend us, without a known customer',
    roles: WRITERS,
    body: NpsAnswered,
    creates: true,
    example: example.nps,
  })
  nps(@Http() http: Exchange) {
    return this.answers.record(undefined, http, NpsAnswered, (data) => ({ type: 'AnswerNps', ...data }));
  }

  @Post('csat')
  @Operation({
    summary: 'Answer how satisfied they are, without a known customer',
    roles: WRITERS,
    body: CsatAnswered,
    creates: true,
    example: example.csat,
  })
  csat(@Http() http: Exchange) {
    return this.answers.record(undefined, http, CsatAnswered, (data) => ({ type: 'AnswerCsat', ...data }));
  }

  @Post('complaint-handling')
  @Operation({
    summary: 'Rate how a complaint was handled, without a known customer',
    roles: WRITERS,
    body: ComplaintHandlingRated,
    creates: true,
    example: example.complaintHandling,
  })
  complaintHandling(@Http() http: Exchange) {
    return this.answers.record(undefined, http, ComplaintHandlingRated, (data) => ({
      type: 'RateComplaintHandling',
      ...data,
    }));
  }

  @Post('expectation')
  @Operation({
    summary: 'Record what they expect of the service, without a known customer',
    roles: WRITERS,
    body: ExpectationRecorded,
    creates: true,
    example: example.expectation,
  })
  expectation(@Http() http: Exchange) {
    return this.answers.record(undefined, http, ExpectationRecorded, (data) => ({
      type: 'RecordExpectation',
      ...data,
    }));
  }

  @Post('service-quality')
  @Operation({
    summary: 'Rate one dimension of the service, without a known customer',
    roles: WRITERS,
    body: ServiceQualityRated,
    creates: true,
    example: example.serviceQuality,
  })
  serviceQuality(@Http() http: Exchange) {
    return this.answers.record(undefined, http, ServiceQualityRated, (data) => ({
      type: 'RateServiceQuality',
      ...data,
    }));
  }
}
