import type { Pool, PoolClient } from 'pg';
import { type Entity, tableOf } from '#platform/database/entity.js';
import { type Build, tableOfBuild } from './builds/build.js';

/** The SQL of one read-model table, from its TypeORM entity: TypeORM makes the table, the hot paths are plain SQL. */
export class RowTable<Row extends object> {
  /** `schema.table`. */
  readonly name: string;
  /** `column as "property", …`, for any select. */
  readonly selection: string;
  readonly keyColumn: string;
  readonly keyProperty: keyof Row & string;
  private readonly upsertSql: string;
  private readonly insertSql: string;

  private readonly statement: string;

  /**
   * @param build whose table, of a table that is renamed when it takes another's place.
   * @param version of the projection: a connection knows a prepared statement by its name, and two versions differ in it.
   */
  constructor(entity: Entity<Row>, build: Build = 'live', version?: number) {
    const { schema, name, columns, key } = tableOf(entity);
    this.name = tableOfBuild(`${schema}.${name}`, build);
    this.statement = version === undefined ? this.name : `${this.name} ${version}`;
    this.keyColumn = key.column;
    this.keyProperty = key.property as keyof Row & string;
    this.selection = columns.map(({ column, property }) => `${column} as "${property}"`).join(', ');
    const names = columns.map(({ column }) => column);
    const updates = names.filter((column) => column !== key.column).map((column) => `${column} = excluded.${column}`);
    // From json, not jsonb: what goes into a column of type json is then taken as it is written.
    this.insertSql =
      `insert into ${this.name} (${names.join(', ')}) ` +
      `select ${columns.map(({ property }) => `"${property}"`).join(', ')} from json_to_recordset($1::json) ` +
      `as rows (${columns.map(({ property, type }) => `"${property}" ${type}`).join(', ')})`;
    this.upsertSql = `${this.insertSql} on conflict (${key.column}) do update set ${updates.join(', ')}`;
  }

  async find(client: Pool | PoolClient, keys: string[]): Promise<Map<string, Row>> {
    const { rows } = await client.query<Row>({
      name: `find ${this.statement}`,
      text: `select ${this.selection} from ${this.name} where ${this.keyColumn} = any($1)`,
      values: [keys],
    });
    return new Map(rows.map((row) => [String(row[this.keyProperty]), row]));
  }

  async upsert(client: PoolClient, rows: Row[]): Promise<void> {
    if (rows.length === 0) return;
    await client.query({ name: `upsert ${this.statement}`, text: this.upsertSql, values: [JSON.stringify(rows)] });
  }

  /** New rows only. */
  async insert(client: PoolClient, rows: Row[]): Promise<void> {
    if (rows.length === 0) return;
    await client.query({ name: `insert ${this.statement}`, text: this.insertSql, values: [JSON.stringify(rows)] });
  }

  async delete(client: PoolClient, keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    await client.query(`delete from ${this.name} where ${this.keyColumn} = any($1)`, [keys]);
  }
}
