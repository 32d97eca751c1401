import { ComplaintMovesController } from './complaints/complaint-moves.controller.js';
import { ComplaintsController } from './complaints/complaints.controller.js';
import { CustomersController } from './customers/customers.controller.js';
import { RetentionController } from './customers/retention.controller.js';
import { HealthController } from './health/health.controller.js';
import { InteractionsController } from './interactions/interactions.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { PurchasesController } from './purchases/purchases.controller.js';
import { CustomerSatisfactionController } from './satisfaction/customer-satisfaction.controller.js';
import { SatisfactionController } from './satisfaction/satisfaction.controller.js';
import { ViewsController } from './views/views.controller.js';

/** Every controller: routes, and what the OpenAPI document tells of them. */
export const controllers = [
  CustomersController,
  RetentionController,
  PurchasesController,
  ComplaintsController,
  ComplaintMovesController,
  InteractionsController,
  CustomerSatisfactionController,
  SatisfactionController,
  ViewsController,
  HealthController,
];

/** Those that serve the document itself. */
export const documentControllers = [OpenApiController];
