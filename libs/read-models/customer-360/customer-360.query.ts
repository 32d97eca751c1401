import { RowTable } from '#processing/row-table.js';
import { customerIdentity } from '../customer-identity/customer-identity.projection.js';
import { customerIdSql } from '../customer-identity/customer-identity.query.js';
import type { Read, ReadOptions, ViewReader } from '../view-reader.js';
import { customer360 } from './customer-360.projection.js';
import { Customer360 } from './customer-360.table.js';

const table = new RowTable(Customer360);
const BY_CUSTOMER = `select ${table.selection} from ${table.name} where customer_id = ${customerIdSql('$1')}`;

/** The 360° view of a customer, by its id or by that of an identity that it claimed. */
export async function findCustomer360(
  reader: ViewReader,
  id: string,
  options: ReadOptions,
): Promise<Read<Customer360>> {
  return reader.read<Customer360>([customer360, customerIdentity], BY_CUSTOMER, [id], options);
}
