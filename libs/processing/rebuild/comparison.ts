import type { ClientBase } from 'pg';
import { type EntityColumn, tableOf } from '#platform/database/entity.js';
import { type Build, tableOfBuild } from '../builds/build.js';
import type { Projection } from '../projection.js';

/** How the rows of one table differ between the live build and another one. */
export interface TableDifference {
  table: string;
  /** Rows of each. */
  live: number;
  other: number;
  onlyLive: number;
  onlyOther: number;
  /** Rows that both have, with different values. */
  differing: number;
  /** The first of them, by key. */
  examples: RowDifference[];
  /** Columns that only one of the two has, or of another type: they are not compared. */
  notCompared: string[];
}

export interface RowDifference {
  key: string;
  in: 'live' | 'other' | 'both';
  /** By column: the value of the live build, then that of the other. */
  fields: Record<string, [unknown, unknown]>;
}

/** Nothing differs, and everything was compared. */
export function isSame({ onlyLive, onlyOther, differing, notCompared }: TableDifference): boolean {
  return onlyLive + onlyOther + differing + notCompared.length === 0;
}

/**
 * Compares every row of the tables of a view with those of another build of it. To be run in one snapshot.
 * @param live the projection as the live build has it.
 * @param examples how many differing rows are told in full.
 */
export async function compareRows(
  client: ClientBase,
  live: Projection<object>,
  other: Projection<object>,
  build: Build,
  examples: number,
): Promise<TableDifference[]> {
  const pairs = [[live.table, other.table] as const, [live.listing?.table, other.listing?.table] as const];
  const differences: TableDifference[] = [];
  for (const [ours, theirs] of pairs) {
    if (ours && theirs) differences.push(await compareTables(client, tableOf(ours), tableOf(theirs), build, examples));
    else if (ours) differences.push(await onlyInOne(client, tableOf(ours), 'live'));
    else if (theirs) differences.push(await onlyInOne(client, tableOf(theirs), build));
  }
  return differences;
}

type Table = ReturnType<typeof tableOf>;

/** A listing that only one of the versions has. */
async function onlyInOne(client: ClientBase, { schema, name, columns }: Table, build: Build): Promise<TableDifference> {
  const table = `${schema}.${name}`;
  const { rows } = await client.query<{ count: number }>(`select count(*) from ${tableOfBuild(table, build)}`);
  const { count } = rows[0]!;
  const [live, other] = build === 'live' ? [count, 0] : [0, count];
  const notCompared = columns.map(({ column }) => column);
  return { table, live, other, onlyLive: live, onlyOther: other, differing: 0, examples: [], notCompared };
}

async function compareTables(
  client: ClientBase,
  live: Table,
  other: Table,
  build: Build,
  examples: number,
): Promise<TableDifference> {
  const isCompared = ({ column, type }: EntityColumn) =>
    other.columns.some((theirs) => theirs.column === column && theirs.type === type);
  const compared = live.columns.filter(isCompared);
  const known = new Set(compared.map(({ column }) => column));
  const notCompared = [...live.columns, ...other.columns]
    .map(({ column }) => column)
    .filter((column, index, all) => !known.has(column) && all.indexOf(column) === index);
  const table = `${live.schema}.${live.name}`;
  const joined =
    `${table} as a full join ${tableOfBuild(`${other.schema}.${other.name}`, build)} as b ` +
    `on a.${live.key.column} = b.${other.key.column}`;
  const [onlyOther, onlyLive] = [`a.${live.key.column} is null`, `b.${other.key.column} is null`];
  const differs = compared
    .filter(({ column }) => column !== live.key.column)
    .map((column) => `${sqlOf('a', column)} is distinct from ${sqlOf('b', column)}`);
  const anyDiffers = `not (${onlyOther}) and not (${onlyLive}) and (${differs.join(' or ') || 'false'})`;
  const { rows } = await client.query<Omit<TableDifference, 'table' | 'examples' | 'notCompared'>>(
    `select count(*) filter (where not (${onlyOther})) as live, count(*) filter (where not (${onlyLive})) as other,
            count(*) filter (where ${onlyLive}) as "onlyLive", count(*) filter (where ${onlyOther}) as "onlyOther",
            count(*) filter (where ${anyDiffers}) as differing
       from ${joined}`,
  );
  const counts = rows[0]!;
  const isDifferent = counts.onlyLive + counts.onlyOther + counts.differing > 0;
  return {
    table,
    ...counts,
    examples: isDifferent ? await examplesOf() : [],
    notCompared,
  };

  async function examplesOf(): Promise<RowDifference[]> {
    const fields = compared.map((column) => {
      const [a, b] = [sqlOf('a', column), sqlOf('b', column)];
      return (
        `case when ${a} is distinct from ${b} then ` +
        `jsonb_build_object('${column.column}', jsonb_build_array(to_jsonb(${a}), to_jsonb(${b}))) else '{}' end`
      );
    });
    const found = await client.query<RowDifference>(
      `select coalesce(a.${live.key.column}, b.${other.key.column})::text as key,
              case when ${onlyOther} then 'other' when ${onlyLive} then 'live' else 'both' end as "in",
              case when ${onlyOther} or ${onlyLive} then '{}' else ${fields.join(' || ')} end as fields
         from ${joined} where ${onlyOther} or ${onlyLive} or (${anyDiffers}) order by 1 limit $1`,
      [examples],
    );
    return found.rows;
  }
}

/** Type json keeps how a value was written, and has no equality. */
function sqlOf(alias: string, { column, type }: EntityColumn): string {
  return type === 'json' ? `${alias}.${column}::jsonb` : `${alias}.${column}`;
}
