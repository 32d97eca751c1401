import {
  CASE_STATUSES,
  type CaseStatus,
  CHANNELS,
  type Channel,
  COMPLAINT_METRICS,
  COMPLAINT_OUTCOMES,
  type ComplaintMetric,
  type ComplaintOutcome,
  RESOLUTION_LINES,
  type ResolutionLine,
  SEVERITIES,
  type Severity,
} from './codes.js';
import { ExternalIdentity } from './customer.events.js';
import { Amount, Code, Count, Currency, Flag, Id, Instant, ListOf, Nested, Optional, Text } from './fields.js';
import { PersonalData } from './personal-data.js';

export class ComplaintProduct {
  @Optional() @Text(200) id?: string;
  @Optional() @Text(200) category?: string;
  @Optional() @Text(200) sub?: string;
}

export class CustomerComplained {
  @Optional() @Id() customerId?: string;
  @Optional() @Nested(() => ExternalIdentity) externalId?: ExternalIdentity;
  @Optional() @Id() purchaseId?: string;
  @Optional() @Id() interactionId?: string;
  @Optional() @Text(200) agentId?: string;
  @Optional() @Nested(() => ComplaintProduct) product?: ComplaintProduct;
  @Text(500) issue!: string;
  @Optional() @Text(500) subIssue?: string;
  @Code(SEVERITIES) severity!: Severity;
  @Code(CHANNELS) channel!: Channel;
  @Optional() @Text(100) channelDetail?: string;
  @Optional() @PersonalData() @Text(20_000) description?: string;
  @Optional() @PersonalData() @Text(5_000) desiredOutcome?: string;
}

export class RunningDeadline {
  @Code(COMPLAINT_METRICS) metric!: ComplaintMetric;
  @Instant() dueAt!: string;
}

/** Whose it is, found later. What it is, as it stands, comes with it: the events before name no customer. */
export class ComplaintAttributed {
  @Id() customerId!: string;
  @Optional() @Text(500) issue?: string;
  @Optional() @Code(SEVERITIES) severity?: Severity;
  @Optional() @Code(CHANNELS) channel?: Channel;
  @Optional() @Instant() raisedAt?: string;
  @Optional() @Flag() isResolved?: boolean;
  @Optional() @Code(CASE_STATUSES) status?: CaseStatus;
  /** Who has it. */
  @Optional() @Text(200) agentId?: string;
  /** Those that run. */
  @Optional() @ListOf(() => RunningDeadline, { least: 0, most: 2 }) deadlines?: RunningDeadline[];
  /** Those that passed, of what is still to be done. */
  @Optional() @ListOf(() => RunningDeadline, { least: 0, most: 2 }) missed?: RunningDeadline[];
}

/** The customer was told that the complaint was received. */
export class ComplaintAcknowledged {
  @Optional() @Code(CHANNELS) channel?: Channel;
}

export class ComplaintAssessed {
  @Code(SEVERITIES) severity!: Severity;
  @Text(2000) reason!: string;
}

/** By when it is to be acknowledged or resolved; a later one of the same metric replaces it. */
export class ComplaintDeadlineSet {
  @Code(COMPLAINT_METRICS) metric!: ComplaintMetric;
  @Instant() dueAt!: string;
  /** The version of the complaint rules whose calendar it was computed with. */
  @Count(1) calendarVersion!: number;
}

export class ComplaintAssigned {
  @Text(200) agentId!: string;
  @Optional() @Code(RESOLUTION_LINES) line?: ResolutionLine;
  @Optional() @Text(200) department?: string;
}

/** The clock of the resolution deadline stands still until it is resumed. */
export class ComplaintWaitingOnCustomer {
  @Optional() @PersonalData() @Text(2000) question?: string;
}

export class ComplaintResumed {
  @Optional() @Text(2000) reason?: string;
}

export class ComplaintEscalated {
  @Code(RESOLUTION_LINES) to!: ResolutionLine;
  @Text(2000) reason!: string;
}

export class Compensation {
  @Optional() @Amount() amount?: number;
  @Optional() @Currency() currency?: string;
}

export class ResolvedBy {
  @Text(200) agentId!: string;
  @Code(RESOLUTION_LINES) line!: ResolutionLine;
}

export class ComplaintResolved {
  @Code(COMPLAINT_OUTCOMES) outcome!: ComplaintOutcome;
  @Optional() @Nested(() => Compensation) compensation?: Compensation;
  @Optional() @Text(500) rootCause?: string;
  @Optional() @Nested(() => ResolvedBy) resolvedBy?: ResolvedBy;
}

/** The customer was told how it was resolved. */
export class ComplaintResolutionTold {
  @Code(CHANNELS) channel!: Channel;
}

export class ComplaintResolutionDisputed {
  @Optional() @PersonalData() @Text(2000) reason?: string;
}

export class ComplaintReopened {
  @Optional() @PersonalData() @Text(2000) reason?: string;
}

export class ComplaintClosed {
  @Optional() @Text(2000) reason?: string;
}

/** A deadline passed; once a metric and opening. */
export class ComplaintSlaBreached {
  @Code(COMPLAINT_METRICS) metric!: ComplaintMetric;
  @Instant() dueAt!: string;
}
