import { Code, Optional, rule } from '#contracts/fields.js';
import type { ReadOptions } from '#read-models/view-reader.js';

const PositionText = (): PropertyDecorator =>
  rule(
    'position',
    (value) => typeof value === 'string' && /^\d{1,18}$/.test(value),
    'must be a position, as a command answers it',
    { type: 'string', pattern: '^[0-9]{1,18}$' },
  );

/** What the query of a complaint may say. */
export class ComplaintQuery {
  /** Everything up to this position must be in the answer. */
  @Optional() @PositionText() position?: string;
  /** Also what policies and timers made of it. */
  @Optional() @Code(['true', 'false']) settled?: string;
}

export function readOptionsOf({ position, settled }: ComplaintQuery): ReadOptions {
  return { ...(position !== undefined && { position: BigInt(position) }), settled: settled === 'true' };
}
