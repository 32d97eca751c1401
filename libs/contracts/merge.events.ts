import { Id, ListOf, NumberBetween, Optional, Text } from './fields.js';

/** Why two customers are taken for one: a field that agrees, and how well. */
export class DuplicateEvidence {
  @Text(100) field!: string;
  /** 0 (differs) to 1 (the same). */
  @NumberBetween(0, 1) similarity!: number;
}

/** One merge of two customers, on both streams: the survivor goes on, the absorbed one lives on in it. */
export class MergedPair {
  @Id() mergeId!: string;
  @Id() survivorId!: string;
  @Id() absorbedId!: string;
}

/** On the survivor, first. */
export class CustomersMerged extends MergedPair {
  @Optional() @ListOf(() => DuplicateEvidence, { least: 0, most: 50 }) evidence?: DuplicateEvidence[];
}

/** On the absorbed customer, second. */
export class CustomerAbsorbed extends MergedPair {}

/** On both streams, the survivor's first: they are two again. */
export class CustomersUnmerged extends MergedPair {
  @Text(500) reason!: string;
}

/** The two are not one, whatever they have in common: they are not suggested again. */
export class DuplicateDismissed {
  @Id() otherCustomerId!: string;
  @Text(500) reason!: string;
}

/** The key of the person's data was destroyed. */
export class CustomerErased {
  @Text(500) reason!: string;
}
