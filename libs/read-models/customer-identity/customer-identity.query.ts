import { RowTable } from '#processing/row-table.js';
import { CustomerIdentity } from './customer-identity.table.js';

const table = new RowTable(CustomerIdentity);

/** SQL for the customer behind an id: who claimed it, else the id itself. */
export function customerIdSql(parameter: string): string {
  return `coalesce((select customer_id from ${table.name} where identity_id = ${parameter}::uuid), ${parameter}::uuid)`;
}
