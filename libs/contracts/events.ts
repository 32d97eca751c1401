import * as complaint from './complaint.events.js';
import * as customer from './customer.events.js';
import type { EventBody } from './envelope.js';
import * as loyalty from './loyalty.events.js';
import * as purchase from './purchase.events.js';
import * as rules from './rules.events.js';

type Declared = Record<string, new () => object>;
type UnionOf<Events extends Declared> = {
  [Type in keyof Events & string]: EventBody<Type, InstanceType<Events[Type]>>;
}[keyof Events & string];

/** The events of each stream category, by the name that is stored. An event type is added here and in its file. */
export const customerEvents = {
  CustomerAcquired: customer.CustomerAcquired,
  ExternalIdentityLinked: customer.ExternalIdentityLinked,
  ExternalIdentityClaimed: customer.ExternalIdentityClaimed,
  ChurnRiskAssessed: customer.ChurnRiskAssessed,
  RetentionOfferMade: customer.RetentionOfferMade,
  RetentionOfferAccepted: customer.RetentionOfferAccepted,
  RetentionOfferDeclined: customer.RetentionOfferDeclined,
  CustomerRetained: customer.CustomerRetained,
} as const;
export type CustomerEvent = UnionOf<typeof customerEvents>;

export const purchaseEvents = {
  CustomerPurchased: purchase.CustomerPurchased,
  UnlinkedReturnRecorded: purchase.UnlinkedReturnRecorded,
} as const;
export type PurchaseEvent = UnionOf<typeof purchaseEvents>;

export const complaintEvents = {
  CustomerComplained: complaint.CustomerComplained,
  ComplaintResolved: complaint.ComplaintResolved,
} as const;
export type ComplaintEvent = UnionOf<typeof complaintEvents>;

export const loyaltyEvents = {
  LoyaltyEnrolled: loyalty.LoyaltyEnrolled,
  PointsEarned: loyalty.PointsEarned,
  LoyaltyLevelUpgraded: loyalty.LoyaltyLevelUpgraded,
} as const;
export type LoyaltyEvent = UnionOf<typeof loyaltyEvents>;

export const rulesEvents = { RulesPublished: rules.RulesPublished } as const;
export type RulesEvent = UnionOf<typeof rulesEvents>;

export const streamCategories = {
  customer: customerEvents,
  purchase: purchaseEvents,
  complaint: complaintEvents,
  loyalty: loyaltyEvents,
  rules: rulesEvents,
} as const;
export type StreamCategory = keyof typeof streamCategories;

export type RapportEvent = CustomerEvent | PurchaseEvent | ComplaintEvent | LoyaltyEvent | RulesEvent;
export type EventType = RapportEvent['type'];

/** One event type: its stored name, the class that declares its fields, and its current schema version. */
export interface EventDeclaration {
  type: string;
  category: StreamCategory;
  data: new () => object;
  schemaVersion: number;
}

/** Every event type by its stored name. */
export const eventDeclarations: ReadonlyMap<string, EventDeclaration> = new Map(
  Object.entries(streamCategories).flatMap(([category, events]) =>
    Object.entries(events).map(([type, data]) => [
      type,
      { type, category: category as StreamCategory, data, schemaVersion: 1 },
    ]),
  ),
);

/** The stream of a category's member: `customer-{id}`. */
export function streamOf(category: StreamCategory, id: string): string {
  return `${category}-${id}`;
}

/** The id in a stream's name; the whole name when it is no stream of Rapport's. */
export function idInStream(streamId: string): string {
  return streamId.slice(streamId.indexOf('-') + 1);
}
