/** A stored record is not there although the counters say that it must be. */
export class MissingRecord extends Error {
  constructor(where: string) {
    super(`${where} is missing: the store is corrupt. Restore the data folder from a backup.`);
    this.name = 'MissingRecord';
  }
}

/** Why a request was refused. */
export type Refusal =
  | { kind: 'stream-deleted'; stream: string }
  | { kind: 'wrong-expected-version'; stream: string; expected: number; current: number }
  | { kind: 'maximum-append-size-exceeded'; maximum: number }
  | { kind: 'missing-required-metadata-property'; properties: string }
  | { kind: 'access-denied'; message: string }
  | { kind: 'timeout' }
  | { kind: 'invalid-argument'; message: string }
  | { kind: 'shutting-down' };

function describe(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'stream-deleted':
      return `Event stream '${refusal.stream}' is deleted.`;
    case 'wrong-expected-version':
      return `Append failed due to WrongExpectedVersion. Stream: ${refusal.stream}, Expected version: ${refusal.expected}, Actual version: ${refusal.current}.`;
    case 'maximum-append-size-exceeded':
      return `Maximum append size of ${refusal.maximum} bytes exceeded.`;
    case 'missing-required-metadata-property':
      return `Required metadata properties are missing: ${refusal.properties}.`;
    case 'timeout':
      return 'The deadline passed before the events were appended.';
    case 'shutting-down':
      return 'The event store is shutting down.';
    default:
      return refusal.message;
  }
}

/** A request was refused; the store is as it was. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(describe(refusal));
    this.name = 'Refused';
  }
}

export function invalidArgument(message: string): Refused {
  return new Refused({ kind: 'invalid-argument', message });
}
