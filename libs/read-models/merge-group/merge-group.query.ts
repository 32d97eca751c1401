import { RowTable } from '#processing/row-table.js';
import { customerIdSql } from '../customer-identity/customer-identity.query.js';
import { MergedCustomer } from './merge-group.table.js';

/** The table's name, for SQL that joins it. */
export const mergedCustomers = new RowTable(MergedCustomer).name;

/** SQL that selects the ids of the customer that an id stands for now and of all who live on in it. */
export function groupSql(parameter: string): string {
  const survivor = survivorIdSql(parameter);
  return `select ${survivor} union all select customer_id from ${mergedCustomers} where survivor_id = ${survivor}`;
}

/** SQL for the customer that an id stands for now: who claimed it, and the survivor of that one. */
export function survivorIdSql(parameter: string): string {
  const own = customerIdSql(parameter);
  return `coalesce((select survivor_id from ${mergedCustomers} where customer_id = ${own}), ${own})`;
}
