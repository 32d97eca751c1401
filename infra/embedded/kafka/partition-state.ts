/** A stretch of the log from `base` to the next segment's base: what retention deletes and compaction cleans. */
export interface Segment {
  base: number;
  bytes: number;
  maxTimestamp: number;
  createdAt: number;
}

/** The state record of one partition. */
export interface PartitionState {
  topicId: number;
  partition: number;
  logStart: number;
  /** The offset that the next record gets. */
  logEnd: number;
  maxTimestamp: number;
  /** Up to where compaction has seen the keys. */
  cleanedTo: number;
  active: Segment | null;
}
