import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Channel, ComplaintMetric, Severity } from '#contracts/codes.js';
import type { ComplaintProduct, ComplaintResolved } from '#contracts/complaint.events.js';
import type { ExternalIdentity } from '#contracts/customer.events.js';
import type { Actor } from '#contracts/envelope.js';
import type { ComplaintState } from '#domain/complaint/state.js';

export const DEADLINE_STATES = ['running', 'stopped', 'met', 'missed'] as const;

/** A deadline of the present opening. */
export interface ShownDeadline {
  metric: ComplaintMetric;
  dueAt: string;
  calendarVersion: number;
  /** `stopped` while the customer is waited for: it is set again when the work goes on. */
  state: (typeof DEADLINE_STATES)[number];
}

export interface ShownBreach {
  metric: ComplaintMetric;
  dueAt: string;
  /** In which opening: 1, and one more each time it was reopened. */
  opening: number;
}

export type ShownResolution = ComplaintResolved & { resolvedAt: string; toldAt?: string };

/** What happened to it, as it was recorded: what is personal stays sealed and is opened by the query. */
export interface CourseEntry {
  eventId: string;
  type: string;
  data: object;
  occurredAt: string;
  recordedAt: string;
  actor: Actor;
  reason?: string;
}

/** One row a complaint: the case as it stands, and its whole course. */
@Entity({ schema: 'views', name: 'complaint' })
export class Complaint {
  @PrimaryColumn('uuid') complaintId!: string;
  @Index() @Column('uuid', { nullable: true }) customerId!: string | null;
  @Column('jsonb', { nullable: true }) externalId!: ExternalIdentity | null;
  @Column('uuid', { nullable: true }) purchaseId!: string | null;
  @Column('uuid', { nullable: true }) interactionId!: string | null;
  @Column('jsonb', { nullable: true }) product!: ComplaintProduct | null;
  @Column('text') issue!: string;
  @Column('text', { nullable: true }) subIssue!: string | null;
  @Column('text') severity!: Severity;
  @Column('text') channel!: Channel;
  @Column('timestamptz') raisedAt!: string;
  @Column('bigint') opening!: number;
  @Column('jsonb') deadlines!: ShownDeadline[];
  @Column('jsonb') breaches!: ShownBreach[];
  @Column('jsonb', { nullable: true }) resolution!: ShownResolution | null;
  @Column('jsonb') course!: CourseEntry[];
  /** Folded by the domain itself: what a command decides on and what the view shows cannot differ. */
  @Column('jsonb') state!: ComplaintState;
  /** The position of the last event that changed the row. */
  @Column('bigint') position!: number;
}
