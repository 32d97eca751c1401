import {
  NEED_EXPRESSIONS,
  type NeedExpression,
  POTENTIAL_BANDS,
  type PotentialBand,
  PROMISE_OUTCOMES,
  type PromiseOutcome,
  RELATIONSHIP_LEVELS,
  type RelationshipLevel,
} from './codes.js';
import { Code, Id, Instant, Optional, Text } from './fields.js';
import { PersonalData } from './personal-data.js';

/** What the customer wants: said by themselves, or seen by somebody who knows them. */
export class Need {
  @PersonalData() @Text(2000) statement!: string;
  @Code(NEED_EXPRESSIONS) expressed!: NeedExpression;
  @Optional() @Text(200) category?: string;
  @Optional() @Text(200) productId?: string;
}

export class NeedRecorded extends Need {
  @Id() needId!: string;
}

export class NeedMet {
  @Id() needId!: string;
  @Optional() @Id() purchaseId?: string;
}

export class NeedWithdrawn {
  @Id() needId!: string;
}

/** What the customer may count on. */
export class CustomerPromise {
  @PersonalData() @Text(2000) what!: string;
  @Optional() @Instant() dueAt?: string;
}

export class PromiseMade extends CustomerPromise {
  @Id() promiseId!: string;
}

export class PromiseKept {
  @Id() promiseId!: string;
  @Code(PROMISE_OUTCOMES) outcome!: PromiseOutcome;
}

export class PromiseBroken {
  @Id() promiseId!: string;
}

/** Who looks after the customer. */
export class OwnerAssigned {
  @Text(200) ownerId!: string;
  /** Who did before. */
  @Optional() @Text(200) from?: string;
  @Optional() @Text(500) reason?: string;
}

/** How deep the relationship is to be. */
export class RelationshipLevelAssigned {
  @Code(RELATIONSHIP_LEVELS) from!: RelationshipLevel;
  @Code(RELATIONSHIP_LEVELS) to!: RelationshipLevel;
  @Optional() @Text(500) basis?: string;
  @Text(500) reason!: string;
}

/** How much more the customer could be worth. */
export class PotentialAssessed {
  @Code(POTENTIAL_BANDS) band!: PotentialBand;
  @Optional() @Text(500) basis?: string;
}
