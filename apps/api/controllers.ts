import { ComplaintMovesController } from './complaints/complaint-moves.controller.js';
import { ComplaintsController } from './complaints/complaints.controller.js';
import { ConsentsController } from './customers/consents.controller.js';
import { ContactPointsController } from './customers/contact-points.controller.js';
import { CustomersController } from './customers/customers.controller.js';
import { ErasureController } from './customers/erasure.controller.js';
import { MergingController } from './customers/merging.controller.js';
import { NeedsController } from './customers/needs.controller.js';
import { PartiesController } from './customers/parties.controller.js';
import { ProfileController } from './customers/profile.controller.js';
import { PromisesController } from './customers/promises.controller.js';
import { ProspectsController } from './customers/prospects.controller.js';
import { RelationshipController } from './customers/relationship.controller.js';
import { RetentionController } from './customers/retention.controller.js';
import { FeedController } from './feed/feed.controller.js';
import { HealthController } from './health/health.controller.js';
import { InteractionsController } from './interactions/interactions.controller.js';
import { LoyaltyController } from './loyalty/loyalty.controller.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { FollowUpsController } from './purchases/follow-ups.controller.js';
import { PurchasesController } from './purchases/purchases.controller.js';
import { RecordsController } from './records/records.controller.js';
import { RulesController } from './rules/rules.controller.js';
import { CustomerSatisfactionController } from './satisfaction/customer-satisfaction.controller.js';
import { SatisfactionController } from './satisfaction/satisfaction.controller.js';
import { CustomerListController } from './views/customer-list.controller.js';
import { DuplicatesController } from './views/duplicates.controller.js';
import { HistoryController } from './views/history.controller.js';
import { ViewsController } from './views/views.controller.js';

/** Every controller: routes, and what the OpenAPI document tells of them. */
export const controllers = [
  ProspectsController,
  CustomersController,
  MergingController,
  ProfileController,
  ContactPointsController,
  PartiesController,
  ConsentsController,
  NeedsController,
  PromisesController,
  RelationshipController,
  RetentionController,
  ErasureController,
  PurchasesController,
  FollowUpsController,
  RecordsController,
  LoyaltyController,
  ComplaintsController,
  RulesController,
  ComplaintMovesController,
  InteractionsController,
  CustomerSatisfactionController,
  SatisfactionController,
  ViewsController,
  FeedController,
  DuplicatesController,
  HistoryController,
  CustomerListController,
  HealthController,
  MetricsController,
];

/** Those that serve the document itself. */
export const documentControllers = [OpenApiController];
