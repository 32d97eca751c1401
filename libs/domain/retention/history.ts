import type { Recorded } from '#contracts/envelope.js';
import { LONGEST_PRESENT_DAYS } from './rules.js';

const DAY_MS = 86_400_000;

/** Whether it was history already when it was recorded: what an import brings of old must cost nothing. */
export function isHistory({ metadata, recordedAt }: Pick<Recorded, 'metadata' | 'recordedAt'>): boolean {
  return Date.parse(recordedAt) - Date.parse(metadata.occurredAt) > LONGEST_PRESENT_DAYS * DAY_MS;
}
