import type { ClientBase, Pool } from 'pg';

/**
 * A projection may stand in three tables at once: the one that is read, the next one that shall take its place, and the
 * one whose place it took. The name is the pointer: a promotion renames tables, so that no reader ever resolves anything.
 */
export const BUILDS = ['live', 'next', 'previous'] as const;
export type Build = (typeof BUILDS)[number];
/** `aside` is where a build stands while two change places, within one transaction. */
export type Place = Build | 'aside';

/** As `views.builds` has it. */
export interface BuildRow {
  projection: string;
  build: Build;
  version: number;
  /** The workers feed what is ready; what is being built is fed by whoever builds it. */
  state: 'building' | 'ready';
  /** Its tables, by the names that they have when it is live. */
  tables: string[];
  createdAt: string;
}

/** The name of a build's table; `table` is that of the live one, with or without the schema. */
export function tableOfBuild(table: string, build: Place): string {
  return build === 'live' ? table : `${table}_${build}`;
}

/** Under which name a build keeps its checkpoints, and its processor its leases. */
export function processorOf(projection: string, build: Place): string {
  return build === 'live' ? projection : `${projection}@${build}`;
}

export const BUILD_COLUMNS = 'projection, build, version, state, tables, created_at::text as "createdAt"';

/** Every build that there is, by name, the live one first. */
export async function findBuilds(client: ClientBase | Pool, projection?: string): Promise<BuildRow[]> {
  const { rows } = await client.query<BuildRow>(
    `select ${BUILD_COLUMNS} from views.builds where $1::text is null or projection = $1
      order by projection, array_position('{live,next,previous}', build)`,
    [projection ?? null],
  );
  return rows;
}

/** One build of a name; undefined where there is none. */
export async function findBuild(
  client: ClientBase | Pool,
  projection: string,
  build: Build,
): Promise<BuildRow | undefined> {
  return (await findBuilds(client, projection)).find((row) => row.build === build);
}
