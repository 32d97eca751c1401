import type { Customer360 } from './customer-360.table.js';
import { appended, type Changes, given, withoutItems } from './row-change.js';
import type { OpenNeed, OpenPromise, Promises } from './row-parts.js';

export const MOST_OPEN = 50;
const NONE: Promises = { open: [], kept: 0, exceeded: 0, broken: 0 };

export const wants: Changes = {
  NeedRecorded: (row, { needId, statement, expressed, category, productId }, { at }) => {
    const more = given({ category, productId });
    const need: OpenNeed = { needId, statement: statement ?? null, expressed, ...more, since: at };
    return { ...row, needs: appended(row.needs, need, MOST_OPEN) };
  },
  NeedMet: withoutNeed,
  NeedWithdrawn: withoutNeed,
  PromiseMade: (row, { promiseId, what, dueAt }, { at }) => {
    const promises = row.promises ?? NONE;
    const made: OpenPromise = { promiseId, what: what ?? null, ...given({ dueAt }), madeAt: at };
    return { ...row, promises: { ...promises, open: appended(promises.open, made, MOST_OPEN) } };
  },
  PromiseKept: (row, { promiseId, outcome }) => {
    return ended(row, promiseId, outcome === 'moreThanPromised' ? 'exceeded' : 'kept');
  },
  PromiseBroken: (row, { promiseId }) => ended(row, promiseId, 'broken'),
};

function withoutNeed(row: Customer360, { needId }: { needId: string }): Customer360 {
  return withoutItems(row, 'needs', (need) => need.needId === needId);
}

function ended(row: Customer360, promiseId: string, how: 'kept' | 'exceeded' | 'broken'): Customer360 {
  const promises = row.promises ?? NONE;
  const open = promises.open.filter((promise) => promise.promiseId !== promiseId);
  return { ...row, promises: { ...promises, open, [how]: promises[how] + 1 } };
}
