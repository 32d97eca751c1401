import { Controller, Param, Post } from '@nestjs/common';
import {
  ChurnRiskAssessed,
  CustomerRetained,
  RetentionOfferAccepted,
  RetentionOfferDeclined,
  RetentionOfferMade,
} from '#contracts/retention.events.js';
import { WRITERS } from '../auth/roles.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { CustomerCommands } from './customer-commands.js';

/** Keeps the loyal and wins back the lost. */
@Controller('customers/:id')
export class RetentionController {
  constructor(private readonly customers: CustomerCommands) {}

  @Post('churn-risk')
  @Operation({ summary: 'Assess the risk that they leave', roles: WRITERS, body: ChurnRiskAssessed })
  assess(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, ChurnRiskAssessed, (data) => ({ type: 'AssessChurnRisk', ...data }));
  }

  @Post('retention-offers')
  @Operation({ summary: 'Make an offer to stay', roles: WRITERS, body: RetentionOfferMade })
  makeOffer(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, RetentionOfferMade, (data) => ({ type: 'MakeRetentionOffer', ...data }));
  }

  @Post('retention-offers/accept')
  @Operation({ summary: 'Accept an offer', roles: WRITERS, body: RetentionOfferAccepted })
  acceptOffer(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, RetentionOfferAccepted, (data) => ({ type: 'AcceptRetentionOffer', ...data }));
  }

  @Post('retention-offers/decline')
  @Operation({ summary: 'Decline an offer', roles: WRITERS, body: RetentionOfferDeclined })
  declineOffer(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, RetentionOfferDeclined, (data) => ({
      type: 'DeclineRetentionOffer',
      ...data,
    }));
  }

  @Post('retain')
  @Operation({ summary: 'Record that they stayed', roles: WRITERS, body: CustomerRetained })
  retain(@Param('id') id: string, @Http() http: Exchange) {
    return this.customers.send(id, http, CustomerRetained, (data) => ({ type: 'RetainCustomer', ...data }));
  }
}
