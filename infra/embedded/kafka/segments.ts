import type { TopicConfigs } from './configs.js';
import type { PartitionState, Segment } from './partition-state.js';
import { type Store, stateKey } from './store.js';

/**
 * The segments of one partition. They are no files here, only boundaries; the active one is part of the partition's
 * state, a closed one has a record of its own. An active segment is closed by the append that no longer fits, so the
 * log's last batch is always in the active one.
 */
export class Segments {
  readonly closed: Segment[];

  constructor(
    private readonly store: Store,
    private readonly state: PartitionState,
    loaded: readonly Segment[],
  ) {
    this.closed = [...loaded].sort((a, b) => a.base - b.base);
  }

  /** Counts a batch that is about to be appended, in a new segment if the active one is full or old. */
  grow(baseOffset: number, bytes: number, maxTimestamp: number, now: number, configs: TopicConfigs) {
    const { active } = this.state;
    const full = active && (active.bytes + bytes > configs.segmentBytes || now - active.createdAt >= configs.segmentMs);
    if (full) {
      this.closed.push(active);
      this.save(active);
    }
    if (!active || full) this.state.active = { base: baseOffset, bytes, maxTimestamp, createdAt: now };
    else {
      active.bytes += bytes;
      active.maxTimestamp = Math.max(active.maxTimestamp, maxTimestamp);
    }
  }

  /** The offset after the last one of a closed segment. */
  endOf(index: number): number {
    return this.closed[index + 1]?.base ?? this.state.active?.base ?? this.state.logEnd;
  }

  /** Forgets segments that end at or before the offset. */
  dropBefore(offset: number, logEnd: number) {
    while (this.closed.length > 0 && this.endOf(0) <= offset) this.remove(this.closed.shift()!);
    if (offset >= logEnd && this.closed.length === 0) this.state.active = null;
  }

  /** Sets the sizes that compaction measured, and joins neighbours that now fit into one. */
  resize(sizes: ReadonlyMap<Segment, number>, limit: number) {
    let kept = 0;
    for (const segment of [...this.closed]) {
      const bytes = sizes.get(segment);
      if (bytes !== undefined) segment.bytes = bytes;
      const before = this.closed[kept - 1];
      if (before && bytes !== undefined && sizes.has(before) && before.bytes + segment.bytes <= limit) {
        before.bytes += segment.bytes;
        before.maxTimestamp = Math.max(before.maxTimestamp, segment.maxTimestamp);
        this.closed.splice(kept, 1);
        this.remove(segment);
      } else {
        kept++;
        this.save(segment);
      }
    }
  }

  get bytes(): number {
    return this.closed.reduce((sum, segment) => sum + segment.bytes, this.state.active?.bytes ?? 0);
  }

  drop() {
    for (const segment of this.closed) this.remove(segment);
  }

  private save(segment: Segment) {
    this.store.putState(this.key(segment), segment);
  }

  private remove(segment: Segment) {
    this.store.removeState(this.key(segment));
  }

  private key(segment: Segment): string {
    return stateKey('segment', this.state.topicId, this.state.partition, segment.base);
  }
}
