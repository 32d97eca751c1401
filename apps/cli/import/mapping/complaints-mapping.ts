import { Code, Flag, Nested, Optional } from '#contracts/fields.js';
import { SourceName } from './mapping-fields.js';
import { ReaderMapping } from './reader-mapping.js';
import { DateMapping, ValueMapping } from './value-mapping.js';

/** Who complained. Acquired by its first complaint in the file, at that complaint's date. */
export class ComplainantMapping {
  /** What the customer is known by in the source. Default: nobody knows, so each row has a customer by its line number. */
  @Optional() @Nested(() => ValueMapping) externalId?: ValueMapping;
  /** `person` or `organisation`. */
  @Nested(() => ValueMapping) partyKind!: ValueMapping;
  /** One role, or several separated by commas. */
  @Nested(() => ValueMapping) roles!: ValueMapping;
  /** The channel by which the customer came. */
  @Nested(() => ValueMapping) channel!: ValueMapping;
  /** What the source calls the channel. */
  @Optional() @Nested(() => ValueMapping) channelDetail?: ValueMapping;
  /** The name. Personal data: it is encrypted in the log. */
  @Optional() @Nested(() => ValueMapping) name?: ValueMapping;
}

/** What was complained about. */
export class ComplaintProductMapping {
  @Optional() @Nested(() => ValueMapping) id?: ValueMapping;
  @Optional() @Nested(() => ValueMapping) category?: ValueMapping;
  @Optional() @Nested(() => ValueMapping) sub?: ValueMapping;
}

/** Who deals with it, since when. */
export class AssignmentMapping {
  /** When. Not before it was received. */
  @Nested(() => DateMapping) date!: DateMapping;
  /** Who. */
  @Nested(() => ValueMapping) agentId!: ValueMapping;
  /** Their department. */
  @Optional() @Nested(() => ValueMapping) department?: ValueMapping;
}

/** How it ended. */
export class ResolutionMapping {
  /** `explanation`, `monetaryRelief`, `nonMonetaryRelief` or `rejected`; empty: it is open. */
  @Nested(() => ValueMapping) outcome!: ValueMapping;
  /** When. Default: when it was assigned, or received: the last that is known. */
  @Optional() @Nested(() => DateMapping) date?: DateMapping;
  /** The channel by which the customer was told; empty: they were not. */
  @Optional() @Nested(() => ValueMapping) told?: ValueMapping;
  /** `yes` where the customer disputes what they were told; `no` or empty where not. */
  @Optional() @Nested(() => ValueMapping) disputed?: ValueMapping;
  /** Whether a complaint is closed when it was told and not disputed. Default: false. */
  @Optional() @Flag() closes?: boolean;
}

/** The complaint that a row is. */
export class ComplaintMapping {
  /** The complaint's number in the source. Without it a row's identity is its line number in the file. */
  @Optional() @Nested(() => ValueMapping) externalId?: ValueMapping;
  /** When it was received. */
  @Nested(() => DateMapping) date!: DateMapping;
  /** `low`, `medium`, `high` or `critical`. */
  @Nested(() => ValueMapping) severity!: ValueMapping;
  /** The channel by which it came. */
  @Nested(() => ValueMapping) channel!: ValueMapping;
  /** What the source calls the channel. */
  @Optional() @Nested(() => ValueMapping) channelDetail?: ValueMapping;
  /** What is complained about. */
  @Optional() @Nested(() => ComplaintProductMapping) product?: ComplaintProductMapping;
  /** What is wrong. */
  @Nested(() => ValueMapping) issue!: ValueMapping;
  /** What exactly. */
  @Optional() @Nested(() => ValueMapping) subIssue?: ValueMapping;
  /** In the customer's words. Personal data. */
  @Optional() @Nested(() => ValueMapping) description?: ValueMapping;
  /** Who deals with it. */
  @Optional() @Nested(() => AssignmentMapping) assigned?: AssignmentMapping;
  /** Which deadline the source says was missed: `acknowledgement` or `resolution`; empty: none. */
  @Optional() @Nested(() => ValueMapping) breached?: ValueMapping;
  /** How it ended. */
  @Optional() @Nested(() => ResolutionMapping) resolution?: ResolutionMapping;
}

/** Complaints as cases: from columns to what was raised and what became of it. */
export class ComplaintsMapping {
  /** What the rows are. */
  @Code(['complaints']) kind!: 'complaints';
  /** The system that the records come from: the first part of every identity, as `cfpb` in `cfpb:2`. */
  @SourceName() source!: string;
  /** How the file becomes rows. */
  @Nested(() => ReaderMapping) reader!: ReaderMapping;
  /** The customer. */
  @Nested(() => ComplainantMapping) customer!: ComplainantMapping;
  /** The complaint. */
  @Nested(() => ComplaintMapping) complaint!: ComplaintMapping;
}
