import type { ComplaintMetric } from '#contracts/codes.js';
import type {
  ComplaintAcknowledged,
  ComplaintAssessed,
  ComplaintAssigned,
  ComplaintAttributed,
  ComplaintClosed,
  ComplaintEscalated,
  ComplaintReopened,
  ComplaintResolutionDisputed,
  ComplaintResolutionTold,
  ComplaintResolved,
  ComplaintResumed,
  ComplaintSlaBreached,
  ComplaintWaitingOnCustomer,
  CustomerComplained,
} from '#contracts/complaint.events.js';
import type { RulesPublished } from '#contracts/rules.events.js';

export type RaiseComplaint = { type: 'RaiseComplaint' } & CustomerComplained;
export type AttributeComplaint = { type: 'AttributeComplaint' } & Pick<ComplaintAttributed, 'customerId'>;
export type AcknowledgeComplaint = { type: 'AcknowledgeComplaint' } & ComplaintAcknowledged;
export type AssessComplaint = { type: 'AssessComplaint' } & ComplaintAssessed;
export type AssignComplaint = { type: 'AssignComplaint' } & ComplaintAssigned;
export type WaitOnCustomer = { type: 'WaitOnCustomer' } & ComplaintWaitingOnCustomer;
export type ResumeComplaint = { type: 'ResumeComplaint' } & ComplaintResumed;
export type EscalateComplaint = { type: 'EscalateComplaint' } & ComplaintEscalated;
export type ResolveComplaint = { type: 'ResolveComplaint' } & ComplaintResolved;
export type TellResolution = { type: 'TellResolution' } & ComplaintResolutionTold;
export type DisputeResolution = { type: 'DisputeResolution' } & ComplaintResolutionDisputed;
export type ReopenComplaint = { type: 'ReopenComplaint' } & ComplaintReopened;
export type CloseComplaint = { type: 'CloseComplaint' } & ComplaintClosed;

/** A deadline has passed: the timers say so. */
export type RecordSlaBreach = { type: 'RecordSlaBreach' } & ComplaintSlaBreached;

/** A source of imported history says that the deadline was missed; it does not say by how much. */
export type StateSlaBreach = { type: 'StateSlaBreach'; metric: ComplaintMetric };

/** What may become of a complaint once it is raised. */
export type ComplaintMove =
  | AttributeComplaint
  | AcknowledgeComplaint
  | AssessComplaint
  | AssignComplaint
  | WaitOnCustomer
  | ResumeComplaint
  | EscalateComplaint
  | ResolveComplaint
  | TellResolution
  | DisputeResolution
  | ReopenComplaint
  | CloseComplaint
  | StateSlaBreach;

/** A whole case out of another system: what was raised, and what became of it by now, each at its own time. */
export interface RecordCase {
  type: 'RecordCase';
  raised: CustomerComplained;
  moves: (ComplaintMove & { occurredAt: string })[];
}

/** What a caller says. */
export type ComplaintRequest = RaiseComplaint | RecordCase | RecordSlaBreach | ComplaintMove;

/** The published versions of the rules that deadlines are computed by, in order. */
export interface Judged {
  rules: RulesPublished<'complaints'>[];
}

export type ComplaintCommand = ComplaintRequest & Judged;
