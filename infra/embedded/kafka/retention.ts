import type { PartitionLog } from './log.js';

/**
 * Moves the log's start past the oldest segments that are older than `retention.ms` or too many for
 * `retention.bytes`. Age is that of a segment's newest record. As in Kafka the active segment ages too; nothing is
 * removed that has an open transaction in or before it.
 */
export function applyRetention(log: PartitionLog, now: number) {
  const { retentionMs, retentionBytes } = log.configs;
  const { segments } = log;
  let { bytes } = segments;
  let start = log.logStart;
  for (const [index, segment] of segments.closed.entries()) {
    const end = segments.endOf(index);
    const isOld = retentionMs >= 0 && segment.maxTimestamp < now - retentionMs;
    const isTooMuch = retentionBytes >= 0 && bytes - segment.bytes >= retentionBytes;
    if (!(isOld || isTooMuch) || end > log.lastStableOffset) break;
    bytes -= segment.bytes;
    start = end;
  }
  const { active } = log.state;
  const allClosedGone = start >= (active?.base ?? start);
  const isDrained = log.lastStableOffset === log.state.logEnd;
  if (active && allClosedGone && isDrained && retentionMs >= 0 && active.maxTimestamp < now - retentionMs)
    start = log.state.logEnd;
  log.deleteBefore(start);
}
