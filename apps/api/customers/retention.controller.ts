import { Controller, Param, Post } from '@nestjs/common';
import {
  CustomerChurned,
  CustomerRetained,
  CustomerWonBack,
  RetentionOfferAccepted,
  RetentionOfferDeclined,
  RiskAssessment,
} from '#contracts/retention.events.js';
import { OfferToMake } from '#domain/customer/retention-commands.js';
import { WRITERS } from '../auth/roles.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { CustomerCommands } from './customer-commands.js';

const OFFER = '0190f3a1-5c00-7000-8000-0000000000b1';

/** Keeps the loyal and wins back the lost. */
@Controller('customers/:id')
export class RetentionController {
  constructor(private readonly customers: CustomerCommands) {}

  @Post('churn-risk')
  @Operation({
    summary: 'Assess the risk that they leave',
    roles: WRITERS,
    body: RiskAssessment,
    example: {
      score: 0.8,
      band: 'high',
      factors: [{ name: 'fewer visits', weight: 0.8 }],
      model: { name: 'rfm', version: '3' },
    },
  })
  assess(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, RiskAssessment, (data) => ({ type: 'AssessChurnRisk', ...data }));
  }

  @Post('retention-offers')
  @Operation({
    summary: 'Make an offer to stay, or to come back',
    roles: WRITERS,
    body: OfferToMake,
    example: { terms: '10 % off for a year', treatment: 'oneToOne', expiresAt: '2026-12-31T23:59:59Z' },
  })
  makeOffer(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.add(id, http, 'offer', OfferToMake, (data) => ({ type: 'MakeRetentionOffer', ...data }));
  }

  @Post('retention-offers/accept')
  @Operation({
    summary: 'Accept an offer',
    roles: WRITERS,
    body: RetentionOfferAccepted,
    example: { offerId: OFFER },
  })
  acceptOffer(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, RetentionOfferAccepted, (data) => ({ type: 'AcceptRetentionOffer', ...data }));
  }

  @Post('retention-offers/decline')
  @Operation({
    summary: 'Decline an offer',
    roles: WRITERS,
    body: RetentionOfferDeclined,
    example: { offerId: OFFER, reason: 'They found a cheaper one' },
  })
  declineOffer(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, RetentionOfferDeclined, (data) => ({
      type: 'DeclineRetentionOffer',
      ...data,
    }));
  }

  @Post('retain')
  @Operation({
    summary: 'Record that they stayed',
    roles: WRITERS,
    body: CustomerRetained,
    example: { basis: 'offerAccepted', offerId: OFFER },
  })
  retain(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, CustomerRetained, (data) => ({ type: 'RetainCustomer', ...data }));
  }

  @Post('churn')
  @Operation({
    summary: 'Record that they left',
    roles: WRITERS,
    body: CustomerChurned,
    example: { how: 'voluntary', reason: 'The price', lostTo: 'A competitor' },
  })
  churn(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, CustomerChurned, (data) => ({ type: 'ChurnCustomer', ...data }));
  }

  @Post('win-back')
  @Operation({
    summary: 'Record that they came back',
    roles: WRITERS,
    body: CustomerWonBack,
    example: { trigger: 'A visit', offerId: OFFER },
  })
  winBack(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, CustomerWonBack, (data) => ({ type: 'WinBackCustomer', ...data }));
  }
}
