import type { ClientBase, Pool } from 'pg';
import type { Position } from '../processor.js';
import type { Projection } from '../projection.js';

type Version = Pick<Projection<object>, 'name' | 'version'>;

/** The live build of a view is of a version that whoever wants to read it does not know. */
export class OtherVersionLive extends Error {
  constructor({ name, version }: Version, live: number | undefined) {
    super(
      live === undefined
        ? `There is no live build of ${name}: start the system, which makes it.`
        : `Version ${live} of ${name} is live, but this program reads version ${version}: rebuild ${name} and promote it, ` +
            'or start the program that reads the live one.',
    );
    this.name = 'OtherVersionLive';
  }
}

/** @throws OtherVersionLive when one of the views is live in another version. */
export function ensureLive(views: readonly Version[], live: Readonly<Record<string, number>>): void {
  for (const view of views) {
    if (live[view.name] !== view.version) throw new OtherVersionLive(view, live[view.name]);
  }
}

/**
 * Where the last segment of a live view stands; undefined while one of them is at the beginning.
 * @throws OtherVersionLive
 */
export async function livePosition(client: ClientBase | Pool, view: Version): Promise<Position> {
  const { rows } = await client.query<{ version: number | null; position: number | null }>(
    `select (select version from views.builds where projection = $1 and build = 'live') as version,
            case when bool_and(position is not null) then min(position) end as position
       from views.checkpoints where processor = $1`,
    [view.name],
  );
  const { version, position } = rows[0]!;
  ensureLive([view], version === null ? {} : { [view.name]: version });
  return position === null ? undefined : BigInt(position);
}
