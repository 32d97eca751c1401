import { history } from '#testing/recorded.js';
import type { Event, Projection } from '../projection.js';
import { Fold, ProjectionFailed } from './fold.js';
import { rowText } from './plain-row.js';

const events = history([
  { type: 'CustomerErased', data: { reason: 'x' }, customerId: 'b' },
  { type: 'CustomerErased', data: { reason: 'x' }, customerId: 'a' },
  { type: 'CustomerErased', data: { reason: 'x' }, customerId: 'b' },
]) as Event[];

const counting: Projection<{ id: string; count: number }> = {
  name: 'counting',
  key: ({ metadata }) => metadata.customerId,
  evolve: (row, { metadata }) => ({ id: metadata.customerId!, count: (row?.count ?? 0) + 1 }),
};

function rowsOf(changed: object) {
  const fold = new Fold({ ...counting, ...changed } as Projection<unknown, object>);
  for (const event of events) fold.take(event);
  return fold.rows();
}

describe('a fold', () => {
  it('keeps a state for each key, in the order in which the keys first came up', () => {
    expect(rowsOf({})).toEqual([
      { id: 'b', count: 2 },
      { id: 'a', count: 1 },
    ]);
  });

  it('passes over events without a key, and forgets a state that is undefined', () => {
    expect(rowsOf({ key: () => undefined })).toEqual([]);
    expect(rowsOf({ evolve: (row: unknown) => (row ? undefined : { first: true }) })).toEqual([{ first: true }]);
  });

  it('tells what finish makes of the states', () => {
    const finish = (states: { count: number }[]) => [{ total: states.reduce((sum, { count }) => sum + count, 0) }];
    expect(rowsOf({ finish })).toEqual([{ total: 3 }]);
  });

  it.each([
    ['key', { key: () => 7 }, 'key must give a text'],
    ['evolve', { evolve: async () => ({}) }, 'evolve must not be async'],
    ['evolve', { evolve: () => JSON.parse('{') }, 'SyntaxError'],
    ['finish', { finish: () => 'rows' }, 'finish must give a list'],
  ])('says that %s failed, and at which event', (step, changed, message) => {
    try {
      rowsOf(changed);
      throw new Error('It did not fail.');
    } catch (error) {
      expect(error).toBeInstanceOf(ProjectionFailed);
      const { failure } = error as ProjectionFailed;
      expect(failure).toMatchObject({ step, message: expect.stringContaining(message) });
      expect(failure.event).toEqual(
        step === 'finish' ? undefined : { type: 'CustomerErased', position: '1', eventId: events[0]!.eventId },
      );
    }
  });
});

describe('a row', () => {
  it('tells dates as instants, and whole numbers that are too large as text', () => {
    const row = { at: new Date(0), small: 7n, large: 2n ** 60n, none: undefined };
    expect(rowText(row)).toBe('{"at":"1970-01-01T00:00:00.000Z","small":7,"large":"1152921504606846976"}');
  });

  it.each([
    [7, 'one is 7'],
    [[1], 'one is a Array'],
    [{ share: Number.NaN }, 'The field share of a row is NaN'],
    [{ months: new Set(['1997-01']) }, 'The field months of a row is a Set'],
    [{ of: { f: () => 1 } }, 'The field f of a row is a function'],
  ])('that no table can hold is refused by name: %p', (row, message) => {
    expect(() => rowText(row)).toThrow(message);
  });
});
