import type { Phase } from '#contracts/codes.js';
import type { Customer360 } from './customer-360.table.js';
import { type Changes, given, instantInRow } from './row-change.js';
import type { TouchPoint } from './row-parts.js';

export const LATEST = 3;

export const touchPoints: Changes = {
  InteractionRecorded: (row, { channel, direction, phase, purpose, agentId, about, startedAt }, { id }) => {
    const more = given({ agentId, about });
    return touched(row, phase, {
      interactionId: id,
      startedAt: instantInRow(startedAt),
      channel,
      direction,
      purpose,
      ...more,
    });
  },
  // Its recording names nobody: what it was comes with the attribution.
  InteractionAttributed: (row, { channel, direction, phase, purpose, agentId, about, startedAt }, { at, id }) => {
    if (channel === undefined || direction === undefined || phase === undefined || purpose === undefined) {
      return { ...row, interactions: row.interactions + 1 };
    }
    const began = startedAt === undefined ? at : instantInRow(startedAt);
    const more = given({ agentId, about });
    return touched(row, phase, { interactionId: id, startedAt: began, channel, direction, purpose, ...more });
  },
};

function touched(row: Customer360, phase: Phase, touchPoint: TouchPoint): Customer360 {
  const others = row.touchPoints?.[phase] ?? [];
  const place = others.findIndex(({ startedAt }) => startedAt <= touchPoint.startedAt);
  const latest = others.toSpliced(place === -1 ? others.length : place, 0, touchPoint).slice(0, LATEST);
  return { ...row, interactions: row.interactions + 1, touchPoints: { ...row.touchPoints, [phase]: latest } };
}
