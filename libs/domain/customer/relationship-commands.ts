import { RELATIONSHIP_LEVELS, type RelationshipLevel } from '#contracts/codes.js';
import { Code, Id, Optional, Text } from '#contracts/fields.js';
import {
  CustomerPromise,
  Need,
  type NeedMet,
  type NeedRecorded,
  type NeedWithdrawn,
  type PotentialAssessed,
  type PromiseBroken,
  type PromiseKept,
  type PromiseMade,
} from '#contracts/relationship.events.js';

/** A need whose id may be left to whoever sends the command on. */
export class NewNeed extends Need {
  @Optional() @Id() needId?: string;
}

/** A promise whose id may be left to whoever sends the command on. */
export class NewPromise extends CustomerPromise {
  @Optional() @Id() promiseId?: string;
}

/** Who is to look after the customer. */
export class OwnerAssignment {
  @Text(200) ownerId!: string;
  @Optional() @Text(500) reason?: string;
}

/** How deep the relationship is to be. */
export class RelationshipLevelAssignment {
  @Code(RELATIONSHIP_LEVELS) to!: RelationshipLevel;
  @Optional() @Text(500) basis?: string;
  @Text(500) reason!: string;
}

export type RecordNeed = { type: 'RecordNeed' } & NeedRecorded;
export type MeetNeed = { type: 'MeetNeed' } & NeedMet;
export type WithdrawNeed = { type: 'WithdrawNeed' } & NeedWithdrawn;

export type MakePromise = { type: 'MakePromise' } & PromiseMade;
export type KeepPromise = { type: 'KeepPromise' } & PromiseKept;
export type BreakPromise = { type: 'BreakPromise' } & PromiseBroken;

export type AssignOwner = { type: 'AssignOwner' } & OwnerAssignment;
export type AssignRelationshipLevel = { type: 'AssignRelationshipLevel' } & RelationshipLevelAssignment;
export type AssessPotential = { type: 'AssessPotential' } & PotentialAssessed;

export type RelationshipCommand =
  | RecordNeed
  | MeetNeed
  | WithdrawNeed
  | MakePromise
  | KeepPromise
  | BreakPromise
  | AssignOwner
  | AssignRelationshipLevel
  | AssessPotential;
