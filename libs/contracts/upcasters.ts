/** Brings an event's data, as one version said them, up to the next. What is personal stays where it stands: it is sealed under its path. */
export type Upcast = (data: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/**
 * What made new versions of event types, by type: the first entry brings version 1 up to version 2, and so on. So an
 * entry here is what declares a version; one that only widens what a field may be hands the data on as they are.
 */
export const upcasters: Readonly<Record<string, readonly Upcast[]>> = {};

/** The current version of an event type: the one that is written. */
export function currentVersion(type: string, known = upcasters): number {
  return 1 + (known[type]?.length ?? 0);
}

/**
 * The data of an event, as the current version has them.
 * @throws NewerVersion where they were written by a later Rapport than this.
 */
export function upcast<Data extends object>(type: string, version: number, data: Data, known = upcasters): Data {
  const current = currentVersion(type, known);
  if (version === current) return data;
  if (version > current) throw new NewerVersion(type, version, current);
  let told = { ...data } as Record<string, unknown>;
  for (const step of known[type]!.slice(version - 1)) told = step(told);
  return told as Data;
}

/** Half understood is misunderstood: whoever meets this has to be brought up to date first. */
export class NewerVersion extends Error {
  constructor(type: string, version: number, current: number) {
    super(
      `${type} has version ${version}, of which this Rapport knows ${current} only: install the newer one here too.`,
    );
    this.name = 'NewerVersion';
  }
}
