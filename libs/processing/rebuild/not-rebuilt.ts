/** A rebuild cannot begin, or cannot be ended. What there was is as it was. */
export class NotRebuilt extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotRebuilt';
  }
}

/** So many keys of a view may be parked: beyond it is the projection that is wrong, or the database, not an event. */
export const MOST_PARKED = 20;

/** More keys would be parked than may be. @param first of them, and its first event where that is known. */
export function tooManyParked(
  projection: string,
  first: { key: string; error: string; position?: bigint },
): NotRebuilt {
  const from = first.position === undefined ? '' : `, from the event at position ${first.position}`;
  return new NotRebuilt(
    `More than ${MOST_PARKED} rows of ${projection} cannot be made. The first: ${first.key}${from}: ${first.error}`,
  );
}
