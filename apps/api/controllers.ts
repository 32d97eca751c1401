import { ComplaintsController } from './complaints/complaints.controller.js';
import { CustomersController } from './customers/customers.controller.js';
import { RetentionController } from './customers/retention.controller.js';
import { HealthController } from './health/health.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { PurchasesController } from './purchases/purchases.controller.js';
import { CustomerListController } from './views/customer-list.controller.js';
import { ViewsController } from './views/views.controller.js';

/** Every controller: routes, and what the OpenAPI document tells of them. */
export const controllers = [
  CustomersController,
  RetentionController,
  PurchasesController,
  ComplaintsController,
  ViewsController,
  CustomerListController,
  HealthController,
];

/** Those that serve the document itself. */
export const documentControllers = [OpenApiController];
