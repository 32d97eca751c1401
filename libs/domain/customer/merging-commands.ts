import type {
  CustomerAbsorbed,
  CustomersMerged,
  CustomersUnmerged,
  DuplicateDismissed,
} from '#contracts/merge.events.js';

/** To the survivor, first: it goes on for both. */
export type MergeCustomers = { type: 'MergeCustomers' } & CustomersMerged;

/** To the other, second: it lives on in the survivor. */
export type AbsorbCustomer = { type: 'AbsorbCustomer' } & CustomerAbsorbed;

/** To the survivor, first: the two are two again. */
export type UnmergeCustomers = { type: 'UnmergeCustomers' } & CustomersUnmerged;

/** To the other, second. It may never have heard of the merge: then it refuses it from now on. */
export type ReleaseCustomer = { type: 'ReleaseCustomer' } & CustomersUnmerged;

export type DismissDuplicate = { type: 'DismissDuplicate' } & DuplicateDismissed;

export type MergingCommand = MergeCustomers | AbsorbCustomer | UnmergeCustomers | ReleaseCustomer | DismissDuplicate;
