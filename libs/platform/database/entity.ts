import { getMetadataArgsStorage } from 'typeorm';
import { columnName } from './naming.js';

/** An entity class of TypeORM's. */
export type Entity<Row extends object = object> = new () => Row;

export interface EntityColumn {
  property: string;
  column: string;
  /** As SQL writes it. */
  type: string;
  primary: boolean;
  nullable: boolean;
}

export interface EntityIndex {
  columns: string[];
  method: string;
  /** SQL; undefined: of every row. */
  where: string | undefined;
}

/** What the decorators say of a table: TypeORM is their language, the SQL is made here. */
export interface EntityTable {
  schema: string;
  name: string;
  columns: EntityColumn[];
  key: EntityColumn;
  indexes: EntityIndex[];
}

/** Reads a table off its entity. */
export function tableOf(entity: Entity): EntityTable {
  const storage = getMetadataArgsStorage();
  const { schema, name } = storage.tables.find(({ target }) => target === entity)!;
  const columns = storage.filterColumns(entity).map(({ propertyName, options }) => ({
    property: propertyName,
    column: columnName(propertyName),
    type: `${String(options.type)}${options.array ? '[]' : ''}`,
    primary: options.primary === true,
    nullable: options.nullable === true,
  }));
  const indexes = storage.filterIndices(entity).map(({ columns: properties, type, where }) => ({
    columns: (properties as string[]).map(columnName),
    method: type ?? 'btree',
    where,
  }));
  return { schema: schema!, name: name!, columns, key: columns.find(({ primary }) => primary)!, indexes };
}
