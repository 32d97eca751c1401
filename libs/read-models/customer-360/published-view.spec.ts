import { type EventType, eventDeclarations, streamCategories } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { valueAt, withValueAt } from '#contracts/paths.js';
import { personalPathsOf } from '#contracts/personal-data.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { publishedSchema } from '#contracts/published-schemas.js';
import { emptyLedger } from '#domain/loyalty/state.js';
import { type Happening, history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { customer360 } from './customer-360.projection.js';
import { mergedAnswerOf } from './customer-360.query.js';
import type { Customer360 } from './customer-360.table.js';
import { withoutPersonalData } from './personal.js';
import { PERSONAL_ORIGINS, publishedView, withheldPaths } from './published-view.js';

const ABSORBED = derivedId('customer', 'spec', 'absorbed');

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

const happenings = new Map(([...eventDeclarations.keys()] as EventType[]).map((type) => [type, happening(type)]));

/**
 * The rows of a customer after each of the events. They are all about one item of each kind: samples of ids are the same.
 */
function rowsOf(types: readonly EventType[]): (Customer360 | undefined)[] {
  let row: Customer360 | undefined;
  return history(types.map((type) => happenings.get(type)!)).map((event) => {
    row = customer360.evolve(row, event);
    return row;
  });
}

/** What the view tells of such a customer, in whom another one lives on to whom the same happened. */
function viewOf(...types: EventType[]) {
  const row = rowsOf(types).at(-1)!;
  const ids = { own: SPEC_CUSTOMER, survivorId: SPEC_CUSTOMER };
  return mergedAnswerOf(ids, [row, { ...row, customerId: ABSORBED }], emptyLedger, [], '2026-01-31');
}

/** The marks of the fields whose texts stand in it. */
function marksIn(told: object): string[] {
  return [...new Set([...JSON.stringify(told).matchAll(/<([^>]+)>/g)].map(([, mark]) => mark!))];
}

/** Every type that the view is made of. */
const takenUp = [...happenings.keys()].filter((type) => {
  const [event] = history([happenings.get(type)!]);
  return customer360.key(event!) !== undefined;
});
/** After which of them the view is another: each on its own and after each other one, of whose item it may tell. */
const courses = takenUp
  .flatMap((last) => [[last], ...takenUp.map((first) => [first, last])])
  .filter((types) => {
    const [last, before] = rowsOf(types).reverse();
    return last !== before;
  });
const views = courses.map((types) => viewOf(...types));

describe('the view as it is published', () => {
  it('is looked at after every type of event that changes it', () => {
    expect(new Set(courses.map((types) => types.at(-1)))).toEqual(new Set(takenUp));
  });

  it('holds no text of a marked field of any event', () => {
    for (const view of views) expect(marksIn(publishedView(view, PublishedFields.none))).toEqual([]);
  });

  it('says of each text of a marked field where it comes from', () => {
    const marked = new Set(views.flatMap(marksIn));
    expect([...marked].sort()).toEqual(Object.values(PERSONAL_ORIGINS).flat().sort());
  });

  it('holds what is let in, and only where all that it may come from is', () => {
    const view = viewOf('ContactPointAdded');
    const some = PublishedFields.parse('ContactPointAdded.value,ProfileUpdated.name')!;
    expect(marksIn(publishedView(view, some))).toEqual(['ContactPointAdded.value']);
    expect(publishedView(viewOf('ProfileUpdated'), some)).not.toHaveProperty('name');
    expect(publishedView(view, everything)).toEqual(view);
    expect(withheldPaths(everything)).toEqual(['dropped[].reason']);
  });

  it('tells that an event is left out, and never the reason that an employee wrote', () => {
    const dropped = [{ view: 'customer_360', position: '7', reason: 'Ann Lee asked for it' }];
    const view = publishedView({ ...viewOf('ContactPointAdded'), dropped }, everything);
    expect(view).toMatchObject({ dropped: [{ view: 'customer_360', position: '7' }] });
    expect(JSON.stringify(view)).not.toContain('Ann Lee');
  });

  it('leaves out what the API withholds from whoever may not see personal data', () => {
    const all = viewOf('CustomerAcquired', 'ProfileUpdated', 'ContactPointAdded', 'NeedRecorded', 'PromiseMade');
    const withheld = marksIn(all).filter((mark) => !marksIn(withoutPersonalData(all)).includes(mark));
    expect(marksIn(all)).not.toEqual([]);
    expect(withheld.sort()).toEqual(marksIn(all).sort());
    expect(all.customerId).toBe(SPEC_CUSTOMER);
  });
});

describe('the loyalty level as it is published', () => {
  it('comes from events in which nothing is marked', () => {
    const types = [...eventDeclarations.keys()].filter((type) => type in streamCategories.loyalty);
    expect(types).not.toEqual([]);
    expect(MARKED.filter((mark) => types.some((type) => mark.startsWith(`${type}.`)))).toEqual([]);
  });
});
