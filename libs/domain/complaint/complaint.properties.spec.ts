import fc from 'fast-check';
import { complaintCourse, complaintSteps } from '#testing/complaint-course.js';
import { holds } from '#testing/property.js';

describe('Any interleaving of complaint commands and timers', () => {
  it('breaches a metric once an opening, and only a deadline that was set and had passed', () => {
    holds(
      fc.property(complaintSteps, (steps) => {
        const breached = new Set<string>();
        const deadlines = new Map<string, string>();
        let opening = 0;
        for (const { decided, context } of complaintCourse(steps)) {
          for (const { type, data, occurredAt } of decided) {
            if (type === 'ComplaintReopened') opening += 1;
            if (type === 'ComplaintDeadlineSet') {
              deadlines.set(data.metric, data.dueAt);
              expect(data.dueAt >= occurredAt).toBe(true);
              expect(breached.has(`${opening} ${data.metric}`)).toBe(false);
            }
            if (type !== 'ComplaintSlaBreached') continue;
            expect(deadlines.get(data.metric)).toBe(data.dueAt);
            expect(occurredAt).toBe(data.dueAt);
            expect(data.dueAt <= context.occurredAt).toBe(true);
            expect(breached.has(`${opening} ${data.metric}`)).toBe(false);
            breached.add(`${opening} ${data.metric}`);
          }
        }
      }),
    );
  });

  it('tells what was resolved, disputes what was told, closes what was told, and attributes once', () => {
    holds(
      fc.property(complaintSteps, (steps) => {
        const letters: Record<string, string> = {
          ComplaintWaitingOnCustomer: 'w',
          ComplaintResumed: 'r',
          ComplaintResolved: 'S',
          ComplaintResolutionTold: 'T',
          ComplaintResolutionDisputed: 'D',
          ComplaintClosed: 'C',
          ComplaintReopened: 'O',
        };
        const events = complaintCourse(steps).flatMap(({ decided }) => decided);
        const moves = events.map(({ type }) => letters[type] ?? '').join('');
        expect(moves).toMatch(/^((wr)*w?(S(TD?C?)?)?O)*(wr)*w?(S(TD?C?)?)?$/);
        expect(events.filter(({ type }) => type === 'ComplaintAttributed').length).toBeLessThanOrEqual(1);
        for (const { data } of events) {
          if (!('outcome' in data)) continue;
          const { amount, currency } = data.compensation ?? {};
          expect(amount === undefined).toBe(currency === undefined);
        }
      }),
    );
  });

  it('leaves no deadline running once it is resolved, and one a metric at most', () => {
    holds(
      fc.property(complaintSteps, (steps) => {
        for (const { after } of complaintCourse(steps)) {
          const { status, deadlines, acknowledged, breached } = after;
          if (!['open', 'waiting'].includes(status)) expect(deadlines).toEqual({});
          if (status === 'waiting' || breached.resolution !== undefined) expect(deadlines.resolution).toBeUndefined();
          if (acknowledged || breached.acknowledgement !== undefined) expect(deadlines.acknowledgement).toBeUndefined();
          if (status === 'open') {
            const isOwed = !acknowledged && breached.acknowledgement === undefined;
            expect(deadlines.acknowledgement !== undefined).toBe(isOwed);
          }
        }
      }),
    );
  });
});
