import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { without, withValueAt } from '#contracts/paths.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { personalPaths } from '#event-store/personal-data-cipher.js';
import { fromCloudEvent, toCloudEvent } from '#processing/kafka/cloud-event.js';
import { fedByTopic, fieldsNeededBy } from '#processing/kafka/topic-needs.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { historyOfCustomer } from '#testing/customer-history.js';
import { folded } from '#testing/folding.js';
import { holds } from '#testing/property.js';
import { asReceived } from '#testing/published-events.js';
import { history } from '#testing/recorded.js';
import { projections } from './projections.js';

const fed = fedByTopic(projections);

/** Values that views make something of; of any other field, a text. */
const PERSONAL: Record<string, unknown> = { 'person.birthDate': '1980-05-17', 'address.lines': ['1 High Street'] };

/**
 * The history with every personal field filled in that its types have, but of persons, organisations or neither in turn; and
 * not all of it was history when it was recorded.
 */
function laden(events: RecordedEvent[]): RecordedEvent[] {
  return events.map((event, at) => {
    const left = [['person', 'organisation'], ['person'], ['organisation']][at % 3]!;
    let data = without(event.data, left) as Record<string, object>;
    for (const path of personalPaths(event.type)) {
      const [group, field] = path.split('.') as [string, string?];
      if (left.includes(group)) continue;
      if (field !== undefined) data = { ...data, [group]: { ...data[group] } };
      data = withValueAt(data, path, PERSONAL[path] ?? `${path} ${at}`);
    }
    const recordedAt = at % 2 === 0 ? event.recordedAt : '2020-03-01T00:00:00.000Z';
    return { ...event, data, recordedAt } as RecordedEvent;
  });
}

/** As they come from a topic with these personal fields. */
function published(events: RecordedEvent[], fields: readonly string[]): RecordedEvent[] {
  const named = fields.length > 0 ? PublishedFields.parse(fields.join())! : PublishedFields.none;
  return events.map((event) => fromCloudEvent(asReceived(toCloudEvent(event, named))) as RecordedEvent);
}

it('the topic feeds the views of customers, but not the one that tells who did what and why', () => {
  const names = fed.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['customer_360', 'loyalty_level', 'match_keys', 'purchase_rhythm']));
  expect(names).not.toContain('history');
});

it('docs/operations.md says what RAPPORT_PUBLISH_PERSONAL has to name for them', () => {
  const operations = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
  expect(operations).toContain(`\nRAPPORT_PUBLISH_PERSONAL=${fieldsNeededBy(fed).join()}\n`);
});

describe.each(fed.map((projection): [string, Projection<object>] => [projection.name, projection]))('%s', (_, view) => {
  const needed = fieldsNeededBy([view]);
  const histories = fc.sample(historyOfCustomer, { numRuns: 200, seed: 1 }).map((each) => laden(history(each)));

  it('has the same rows from messages with no other personal fields than it says it needs', () => {
    holds(
      fc.property(historyOfCustomer, (happenings) => {
        const events = laden(history(happenings));
        expect(folded(view, published(events, needed))).toEqual(folded(view, events));
      }),
    );
  });

  it('needs each of them', () => {
    expect(histories.filter((events) => folded(view, events).length > 0).length).toBeGreaterThan(10);
    const idle = needed.filter((field) => {
      const others = needed.filter((other) => other !== field);
      return histories.every((events) => {
        const [without, rows] = [folded(view, published(events, others)), folded(view, events)];
        return JSON.stringify(without) === JSON.stringify(rows);
      });
    });
    expect(idle).toEqual([]);
  });
});
