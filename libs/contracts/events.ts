import * as complaint from './complaint.events.js';
import * as customer from './customer.events.js';
import type { EventBody } from './envelope.js';
import * as interaction from './interaction.events.js';
import * as loyalty from './loyalty.events.js';
import * as merge from './merge.events.js';
import * as profile from './profile.events.js';
import * as purchase from './purchase.events.js';
import * as relationship from './relationship.events.js';
import * as retention from './retention.events.js';
import * as rules from './rules.events.js';
import * as satisfaction from './satisfaction.events.js';
import { currentVersion } from './upcasters.js';

type Declared = Record<string, new () => object>;
type UnionOf<Events extends Declared> = {
  [Type in keyof Events & string]: EventBody<Type, InstanceType<Events[Type]>>;
}[keyof Events & string];

/** The events of each stream category, by the name that is stored. An event type is added here and in its file. */
export const customerEvents = {
  ProspectIdentified: customer.ProspectIdentified,
  ProspectQualified: customer.ProspectQualified,
  ProspectDisqualified: customer.ProspectDisqualified,
  CustomerAcquired: customer.CustomerAcquired,
  ExternalIdentityLinked: customer.ExternalIdentityLinked,
  ExternalIdentityClaimed: customer.ExternalIdentityClaimed,
  ProfileUpdated: profile.ProfileUpdated,
  ContactPointAdded: profile.ContactPointAdded,
  ContactPointVerified: profile.ContactPointVerified,
  ContactPointRemoved: profile.ContactPointRemoved,
  PartyLinked: profile.PartyLinked,
  PartyUnlinked: profile.PartyUnlinked,
  ConsentGranted: profile.ConsentGranted,
  ConsentWithdrawn: profile.ConsentWithdrawn,
  NeedRecorded: relationship.NeedRecorded,
  NeedMet: relationship.NeedMet,
  NeedWithdrawn: relationship.NeedWithdrawn,
  PromiseMade: relationship.PromiseMade,
  PromiseKept: relationship.PromiseKept,
  PromiseBroken: relationship.PromiseBroken,
  OwnerAssigned: relationship.OwnerAssigned,
  RelationshipLevelAssigned: relationship.RelationshipLevelAssigned,
  PotentialAssessed: relationship.PotentialAssessed,
  ChurnRiskAssessed: retention.ChurnRiskAssessed,
  RetentionOfferMade: retention.RetentionOfferMade,
  RetentionOfferAccepted: retention.RetentionOfferAccepted,
  RetentionOfferDeclined: retention.RetentionOfferDeclined,
  CustomerRetained: retention.CustomerRetained,
  CustomerChurned: retention.CustomerChurned,
  CustomerWonBack: retention.CustomerWonBack,
  CustomersMerged: merge.CustomersMerged,
  CustomerAbsorbed: merge.CustomerAbsorbed,
  CustomersUnmerged: merge.CustomersUnmerged,
  DuplicateDismissed: merge.DuplicateDismissed,
  CustomerErased: merge.CustomerErased,
} as const;
export type CustomerEvent = UnionOf<typeof customerEvents>;

export const purchaseEvents = {
  CustomerPurchased: purchase.CustomerPurchased,
  PurchaseCosted: purchase.PurchaseCosted,
  PurchaseFulfilled: purchase.PurchaseFulfilled,
  PaymentReceived: purchase.PaymentReceived,
  PurchaseReturned: purchase.PurchaseReturned,
  PurchaseCancelled: purchase.PurchaseCancelled,
  PurchaseCorrected: purchase.PurchaseCorrected,
  UnlinkedReturnRecorded: purchase.UnlinkedReturnRecorded,
} as const;
export type PurchaseEvent = UnionOf<typeof purchaseEvents>;

export const interactionEvents = {
  InteractionRecorded: interaction.InteractionRecorded,
  InteractionAttributed: interaction.InteractionAttributed,
} as const;
export type InteractionEvent = UnionOf<typeof interactionEvents>;

export const complaintEvents = {
  CustomerComplained: complaint.CustomerComplained,
  ComplaintAttributed: complaint.ComplaintAttributed,
  ComplaintAcknowledged: complaint.ComplaintAcknowledged,
  ComplaintAssessed: complaint.ComplaintAssessed,
  ComplaintDeadlineSet: complaint.ComplaintDeadlineSet,
  ComplaintAssigned: complaint.ComplaintAssigned,
  ComplaintWaitingOnCustomer: complaint.ComplaintWaitingOnCustomer,
  ComplaintResumed: complaint.ComplaintResumed,
  ComplaintEscalated: complaint.ComplaintEscalated,
  ComplaintResolved: complaint.ComplaintResolved,
  ComplaintResolutionTold: complaint.ComplaintResolutionTold,
  ComplaintResolutionDisputed: complaint.ComplaintResolutionDisputed,
  ComplaintReopened: complaint.ComplaintReopened,
  ComplaintClosed: complaint.ComplaintClosed,
  ComplaintSlaBreached: complaint.ComplaintSlaBreached,
} as const;
export type ComplaintEvent = UnionOf<typeof complaintEvents>;

export const satisfactionEvents = {
  NpsAnswered: satisfaction.NpsAnswered,
  CsatAnswered: satisfaction.CsatAnswered,
  ComplaintHandlingRated: satisfaction.ComplaintHandlingRated,
  ExpectationRecorded: satisfaction.ExpectationRecorded,
  ServiceQualityRated: satisfaction.ServiceQualityRated,
} as const;
export type SatisfactionEvent = UnionOf<typeof satisfactionEvents>;

export const loyaltyEvents = {
  LoyaltyEnrolled: loyalty.LoyaltyEnrolled,
  PointsEarned: loyalty.PointsEarned,
  PointsRedeemed: loyalty.PointsRedeemed,
  RedemptionReversed: loyalty.RedemptionReversed,
  PointsClawedBack: loyalty.PointsClawedBack,
  PointsExpired: loyalty.PointsExpired,
  PointsAdjusted: loyalty.PointsAdjusted,
  PointsTransferredOut: loyalty.PointsTransferredOut,
  PointsTransferredIn: loyalty.PointsTransferredIn,
  LoyaltyLevelUpgraded: loyalty.LoyaltyLevelUpgraded,
  LoyaltyLevelRenewed: loyalty.LoyaltyLevelRenewed,
  LoyaltyLevelDowngraded: loyalty.LoyaltyLevelDowngraded,
  LoyaltyLevelSet: loyalty.LoyaltyLevelSet,
} as const;
export type LoyaltyEvent = UnionOf<typeof loyaltyEvents>;

export const rulesEvents = { RulesPublished: rules.RulesPublished } as const;
export type RulesEvent = UnionOf<typeof rulesEvents>;

export const streamCategories = {
  customer: customerEvents,
  purchase: purchaseEvents,
  interaction: interactionEvents,
  complaint: complaintEvents,
  satisfaction: satisfactionEvents,
  loyalty: loyaltyEvents,
  rules: rulesEvents,
} as const;
export type StreamCategory = keyof typeof streamCategories;

export type RapportEvent =
  | CustomerEvent
  | PurchaseEvent
  | InteractionEvent
  | ComplaintEvent
  | SatisfactionEvent
  | LoyaltyEvent
  | RulesEvent;
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
      { type, category: category as StreamCategory, data, schemaVersion: currentVersion(type) },
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
