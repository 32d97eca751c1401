/** Expected revisions that are not revisions, as the protocol numbers them. */
export const ANY = -2;
export const NO_STREAM = -1;
export const STREAM_EXISTS = -4;

export interface StreamState {
  /** The last revision, -1 when there is none. */
  current: number;
  tombstoned: boolean;
  softDeleted: boolean;
  hasMetadata: boolean;
}

/** What the stream already holds, asked only when a rule needs it. */
export interface History {
  /** The revision of the latest event with this id. */
  revisionOf(id: string): number | undefined;
  idAt(revision: number): string;
}

export type Decision =
  | { kind: 'accept' }
  | { kind: 'idempotent'; revision: number }
  | { kind: 'wrong-expected-version' }
  | { kind: 'stream-deleted' };

const ACCEPT: Decision = { kind: 'accept' };
const WRONG: Decision = { kind: 'wrong-expected-version' };
const DELETED: Decision = { kind: 'stream-deleted' };

/** Decides whether events with these ids may be appended, were appended before, or must be refused. */
export function decide(expected: number, ids: string[], state: StreamState, history: History): Decision {
  if (state.tombstoned) return DELETED;
  if (expected === STREAM_EXISTS) {
    if (state.softDeleted) return DELETED;
    if (state.current < 0 && !state.hasMetadata) return WRONG;
  }
  if (expected === ANY || expected === STREAM_EXISTS) return decideById(ids, history);
  if (expected > state.current) return WRONG;
  if (expected === state.current) return ACCEPT;
  return decideByRevision(expected, ids, state, history);
}

function decideById(ids: string[], history: History): Decision {
  let revision = -1;
  for (const [index, id] of ids.entries()) {
    const known = history.revisionOf(id);
    if (known === undefined) return index === 0 ? ACCEPT : WRONG;
    revision = known;
  }
  return ids.length ? { kind: 'idempotent', revision } : ACCEPT;
}

function decideByRevision(expected: number, ids: string[], state: StreamState, history: History): Decision {
  for (const [index, id] of ids.entries()) {
    const revision = expected + 1 + index;
    if (revision <= state.current && history.idAt(revision) === id) continue;
    return index === 0 && expected === NO_STREAM && state.softDeleted ? ACCEPT : WRONG;
  }
  // Without events (a delete) there is nothing that could have been written before.
  return ids.length ? { kind: 'idempotent', revision: expected + ids.length } : WRONG;
}
