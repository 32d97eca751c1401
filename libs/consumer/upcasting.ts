import type { EventDeclaration } from '#contracts/events.js';

/** Lifts an event's data from one version of its schema to the next. */
export type Upcaster = (data: object) => object;

/** Upcasters by event type and by the version that they lift from. */
export type Upcasters = Readonly<Record<string, Readonly<Record<number, Upcaster>>>>;

/**
 * Data of any older version as data of the current one.
 * @throws UnknownVersion for a version that is newer than this contract, or that nothing lifts.
 */
export function upcast(declaration: EventDeclaration, version: number, data: object, upcasters: Upcasters): object {
  const { type, schemaVersion } = declaration;
  if (!Number.isSafeInteger(version) || version < 1 || version > schemaVersion) throw new UnknownVersion(type, version);
  let lifted = data;
  for (let from = version; from < schemaVersion; from++) {
    const next = upcasters[type]?.[from];
    if (next === undefined) throw new UnknownVersion(type, from);
    lifted = next(lifted);
  }
  return lifted;
}

/** An event of a schema version that this contract cannot read. */
export class UnknownVersion extends Error {
  constructor(type: string, version: number) {
    super(`${type} of schema version ${version} is not known here: upgrade @rapport/consumer.`);
    this.name = 'UnknownVersion';
  }
}
