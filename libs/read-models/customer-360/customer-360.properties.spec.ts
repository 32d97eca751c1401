import fc from 'fast-check';
import { without } from '#contracts/paths.js';
import { personalPaths } from '#event-store/personal-data-cipher.js';
import type { RecordedEvent } from '#processing/projection.js';
import { happeningOfCustomer, historyOfCustomer } from '#testing/customer-history.js';
import { holds } from '#testing/property.js';
import { type Happening, history } from '#testing/recorded.js';
import { customer360 } from './customer-360.projection.js';
import type { Customer360 } from './customer-360.table.js';
import { instantInRow } from './row-change.js';

function folded(events: RecordedEvent[]): Customer360 | undefined {
  return events.reduce<Customer360 | undefined>((row, event) => customer360.evolve(row, event), undefined);
}

/** As it comes back from the database. */
function stored(row: Customer360 | undefined): Customer360 | undefined {
  if (row === undefined) return undefined;
  const instant = (text: string | null) => text && new Date(text).toISOString();
  const { acquiredAt, retainedAt, churnedAt, wonBackAt, firstPurchaseAt, lastPurchaseAt, erasedAt } = row;
  return {
    ...(JSON.parse(JSON.stringify(row)) as Customer360),
    acquiredAt: instant(acquiredAt),
    retainedAt: instant(retainedAt),
    churnedAt: instant(churnedAt),
    wonBackAt: instant(wonBackAt),
    firstPurchaseAt: instant(firstPurchaseAt),
    lastPurchaseAt: instant(lastPurchaseAt),
    erasedAt: instant(erasedAt),
  };
}

describe('the 360° view of any history', () => {
  it('is the same wherever rows were stored in between', () => {
    holds(
      fc.property(historyOfCustomer, (happenings) => {
        const events = history(happenings);
        const inSteps = events.reduce<Customer360 | undefined>(
          (row, event) => stored(customer360.evolve(row, event)),
          undefined,
        );
        expect(stored(folded(events))).toEqual(inSteps);
      }),
    );
  });

  it('changes nothing that it was given, and gives the row back where nothing changes', () => {
    holds(
      fc.property(historyOfCustomer, (happenings) => {
        let row: Customer360 | undefined;
        for (const event of history(happenings)) {
          const copy = structuredClone(row);
          const after = customer360.evolve(row, event);
          expect(row).toEqual(copy);
          if (after !== row) expect(after!.position).toBe(Number(event.position));
          row = after;
        }
      }),
    );
  });

  it('of two values of one field holds the one that happened later, in whatever order they were recorded', () => {
    const replaceable = fc.uniqueArray(
      happeningOfCustomer.filter(({ type }) =>
        ['ProfileUpdated', 'OwnerAssigned', 'PotentialAssessed', 'RelationshipLevelAssigned'].includes(type),
      ),
      { minLength: 2, maxLength: 12, selector: ({ occurredAt }) => instantInRow(occurredAt!) },
    );
    const shuffled = replaceable.chain((happenings) =>
      fc.tuple(fc.constant(happenings), fc.shuffledSubarray(happenings, { minLength: happenings.length })),
    );
    holds(
      fc.property(shuffled, ([one, other]) => {
        const shown = (happenings: Happening[]) => {
          const { position: _p, ...row } = folded(history(happenings)) ?? { position: 0 };
          return row;
        };
        expect(shown(one)).toEqual(shown(other));
      }),
    );
  });

  it('after an erasure is what it would be without any personal data', () => {
    const erased: Happening = { type: 'CustomerErased', data: { reason: 'asked' } };
    holds(
      fc.property(historyOfCustomer, (happenings) => {
        const events = history([...happenings, erased]);
        const unreadable = events.map((event) => {
          return { ...event, data: without(event.data, personalPaths(event.type)) } as RecordedEvent;
        });
        expect(folded(unreadable)).toEqual(folded(events));
      }),
    );
  });

  it('counts what it was worth: purchased less refunded', () => {
    holds(
      fc.property(historyOfCustomer, (happenings) => {
        const totals = folded(history(happenings))?.totals ?? {};
        for (const { purchased, refunded, value } of Object.values(totals)) expect(value).toBe(purchased - refunded);
      }),
    );
  });
});
