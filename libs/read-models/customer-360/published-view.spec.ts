import { type EventType, eventDeclarations } from '#contracts/events.js';
import { valueAt, withValueAt } from '#contracts/paths.js';
import { personalPathsOf } from '#contracts/personal-data.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { publishedSchema } from '#contracts/published-schemas.js';
import { emptyLedger } from '#domain/loyalty/state.js';
import { type Happening, history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { customer360 } from './customer-360.projection.js';
import { answerOf } from './customer-360.query.js';
import type { Customer360 } from './customer-360.table.js';
import { withoutPersonalData } from './personal.js';
import { PERSONAL_ORIGINS, publishedView, withheldPaths } from './published-view.js';

/** What is marked in any event, as `Type.path`. */
const MARKED = [...eventDeclarations].flatMap(([type, { data }]) =>
  personalPathsOf(data).map((path) => `${type}.${path}`),
);
const everything = PublishedFields.parse(MARKED.join(','))!;

/** An event of a type with every field, and a text of its own in each that is marked. */
function happening(type: EventType): Happening {
  const declaration = eventDeclarations.get(type)!;
  const [example] = publishedSchema(declaration, everything).examples as [object];
  const data = personalPathsOf(declaration.data).reduce((told, path) => {
    const text = `<${type}.${path}>`;
    return withValueAt(told, path, Array.isArray(valueAt(told, path)) ? [text] : text);
  }, example);
  return { type, data } as Happening;
}

/** What the view tells of a customer to whom this happened. */
function viewOf(...types: EventType[]) {
  let row: Customer360 | undefined;
  for (const event of history(types.map(happening))) row = customer360.evolve(row, event);
  return answerOf(row ?? ({} as Customer360), emptyLedger, [], '2026-01-31');
}

/** The marks of the fields whose texts stand in it. */
function marksIn(told: object): string[] {
  return [...JSON.stringify(told).matchAll(/<([^>]+)>/g)].map(([, mark]) => mark!);
}

const acting = ([...eventDeclarations.keys()] as EventType[]).filter((type) => {
  const [event] = history([happening(type)]);
  return customer360.evolve(undefined, event!) !== undefined;
});

describe('the view as it is published', () => {
  it('holds no text of a marked field of any event', () => {
    for (const type of acting) expect(marksIn(publishedView(viewOf(type), PublishedFields.none))).toEqual([]);
  });

  it('says of each text of a marked field where it comes from', () => {
    for (const type of acting) {
      for (const mark of marksIn(viewOf(type))) expect(Object.values(PERSONAL_ORIGINS).flat()).toContain(mark);
    }
    const marked = new Set(acting.flatMap((type) => marksIn(viewOf(type))));
    expect([...marked].sort()).toEqual(Object.values(PERSONAL_ORIGINS).flat().sort());
  });

  it('holds what is let in, and only where all that it may come from is', () => {
    const view = viewOf('ContactPointAdded');
    const some = PublishedFields.parse('ContactPointAdded.value,ProfileUpdated.name')!;
    expect(marksIn(publishedView(view, some))).toEqual(['ContactPointAdded.value']);
    expect(publishedView(viewOf('ProfileUpdated'), some)).not.toHaveProperty('name');
    expect(publishedView(view, everything)).toEqual(view);
    expect(withheldPaths(everything)).toEqual([]);
  });

  it('leaves out what the API withholds from whoever may not see personal data', () => {
    const all = viewOf('CustomerAcquired', 'ProfileUpdated', 'ContactPointAdded', 'NeedRecorded', 'PromiseMade');
    const withheld = marksIn(all).filter((mark) => !marksIn(withoutPersonalData(all)).includes(mark));
    expect(marksIn(all)).not.toEqual([]);
    expect(withheld.sort()).toEqual(marksIn(all).sort());
    expect(all.customerId).toBe(SPEC_CUSTOMER);
  });
});
