import { ANY, decide, type History, NO_STREAM, STREAM_EXISTS, type StreamState } from './append-rules.js';

const stored = ['a', 'b', 'c'];
const history: History = {
  revisionOf: (id) => (stored.includes(id) ? stored.indexOf(id) : undefined),
  idAt: (revision) => stored[revision]!,
};
const live: StreamState = { current: 2, tombstoned: false, softDeleted: false, hasMetadata: false };
const absent: StreamState = { ...live, current: -1 };
const softDeleted: StreamState = { ...live, softDeleted: true, hasMetadata: true };

const accept = { kind: 'accept' };
const wrong = { kind: 'wrong-expected-version' };
const deleted = { kind: 'stream-deleted' };

describe('append rules', () => {
  it.each([ANY, NO_STREAM, STREAM_EXISTS, 2])('rule 1: a tombstoned stream refuses every write (expecting %d)', (e) => {
    expect(decide(e, ['x'], { ...live, tombstoned: true }, history)).toEqual(deleted);
  });

  it('rule 2: StreamExists on a soft-deleted stream is answered with StreamDeleted', () => {
    expect(decide(STREAM_EXISTS, ['x'], softDeleted, history)).toEqual(deleted);
  });

  it('rule 2: StreamExists without events and metadata is a wrong version, with metadata alone it is not', () => {
    expect(decide(STREAM_EXISTS, ['x'], absent, history)).toEqual(wrong);
    expect(decide(STREAM_EXISTS, ['x'], { ...absent, hasMetadata: true }, history)).toEqual(accept);
  });

  it.each([ANY, STREAM_EXISTS])('rule 3: an unknown first id is accepted (expecting %d)', (expected) => {
    expect(decide(expected, ['x', 'b'], live, history)).toEqual(accept);
  });

  it.each([ANY, STREAM_EXISTS])('rule 3: known ids succeed with the original revision (expecting %d)', (expected) => {
    expect(decide(expected, ['a', 'b'], live, history)).toEqual({ kind: 'idempotent', revision: 1 });
  });

  it.each([ANY, STREAM_EXISTS])('rule 3: a known id followed by an unknown one is a wrong version (%d)', (expected) => {
    expect(decide(expected, ['c', 'x'], live, history)).toEqual(wrong);
  });

  it('rule 4: below the current revision, the same ids in the same places succeed again', () => {
    expect(decide(0, ['b', 'c'], live, history)).toEqual({ kind: 'idempotent', revision: 2 });
    expect(decide(NO_STREAM, ['a'], live, history)).toEqual({ kind: 'idempotent', revision: 0 });
  });

  it('rule 4: below the current revision, any other id is a wrong version', () => {
    expect(decide(0, ['x'], live, history)).toEqual(wrong);
    expect(decide(0, ['b', 'x'], live, history)).toEqual(wrong);
    expect(decide(0, ['b', 'c', 'd'], live, history)).toEqual(wrong);
    expect(decide(NO_STREAM, ['x'], live, history)).toEqual(wrong);
  });

  it('rule 4: NoStream on a soft-deleted stream is accepted, an older revision is not', () => {
    expect(decide(NO_STREAM, ['x'], softDeleted, history)).toEqual(accept);
    expect(decide(1, ['x'], softDeleted, history)).toEqual(wrong);
  });

  it('rule 5: above the current revision is a wrong version, equal is accepted', () => {
    expect(decide(3, ['x'], live, history)).toEqual(wrong);
    expect(decide(2, ['x'], live, history)).toEqual(accept);
    expect(decide(NO_STREAM, ['x'], absent, history)).toEqual(accept);
  });

  it('without events, an older revision is a wrong version: there is nothing that was written before', () => {
    expect(decide(0, [], live, history)).toEqual(wrong);
    expect(decide(ANY, [], live, history)).toEqual(accept);
  });
});
