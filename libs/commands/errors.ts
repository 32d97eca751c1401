/** The stream moved on each time the command was decided: somebody else writes to it faster. */
export class ConcurrencyConflict extends Error {
  constructor(streamId: string, attempts: number) {
    super(`Stream ${streamId} changed ${attempts} times while the command was decided. Send it again.`);
    this.name = 'ConcurrencyConflict';
  }
}

/** `If-Match` named a revision that is not the stream's. */
export class RevisionMismatch extends Error {
  constructor(
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`The resource is at revision ${actual}, not ${expected}. Read it again and decide anew.`);
    this.name = 'RevisionMismatch';
  }
}

/** The idempotency key was used before for a command that says something else. */
export class IdempotencyKeyReused extends Error {
  constructor() {
    super('This Idempotency-Key was used for another command. Use a new key for a new command.');
    this.name = 'IdempotencyKeyReused';
  }
}

/** A record with this identity exists already and says something else. */
export class DifferentContent extends Error {
  constructor(streamId: string) {
    super(
      `${streamId} exists already with another content. A record is corrected by a command, not by sending it again.`,
    );
    this.name = 'DifferentContent';
  }
}
