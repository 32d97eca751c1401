/** A merge that is over: it never comes back under its id. */
export interface UndoneMerge {
  absorbedId: string;
  /** It was in force on this stream; false for one that was undone before it arrived here. */
  held: boolean;
}

/** What the rules of merging need to know. */
export interface MergingState {
  /** Of a survivor: the merges in force, from merge id to the customer absorbed. */
  absorbs: Record<string, string>;
  /** Of an absorbed customer: the merge in force. */
  absorbedBy?: { mergeId: string; survivorId: string };
  /** By merge id. */
  undone: Record<string, UndoneMerge>;
  /** Customers that this one was found to be another than. */
  dismissed: string[];
}

export const neverMerged: MergingState = { absorbs: {}, undone: {}, dismissed: [] };
