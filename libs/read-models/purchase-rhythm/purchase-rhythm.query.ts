import type { Pool } from 'pg';
import type { RetentionRules } from '#contracts/rules/retention-rules.js';
import { isGiven } from '#domain/deciding.js';
import { processorName } from '#processing/projection.js';
import { RowTable } from '#processing/row-table.js';
import { purchaseRhythm } from './purchase-rhythm.projection.js';
import { PurchaseRhythm } from './purchase-rhythm.table.js';

const PAGE = 500;
const table = new RowTable(PurchaseRhythm);

/** When the silence of a row has lasted $2 rhythms, by the rules in $3 to $5; see `libs/domain/retention/rhythm.ts`. */
const SILENT_FROM = `silent_since + $2::float8 * interval '1 day' * case
  when purchases < $3 then $4
  else greatest($5, extract(epoch from last_purchase_at - first_purchase_at) / 86400 / (purchases - 1)) end`;

/** Where the view of rhythms stands; undefined when it has seen nothing. */
export async function rhythmPosition(pool: Pool): Promise<bigint | undefined> {
  const { rows } = await pool.query<{ position: number | null }>(
    'select position from views.checkpoints where processor = $1 and segment = 0',
    [processorName(purchaseRhythm)],
  );
  const position = rows[0]?.position ?? null;
  return position === null ? undefined : BigInt(position);
}

/**
 * Pages of customers of whom something may have to be said: those who are silent for too long, and those who have
 * bought since that was said of them. There may be a few too many: the domain tells exactly who they are.
 */
export async function* silentCustomers(
  pool: Pool,
  by: string,
  rules: RetentionRules,
): AsyncGenerator<PurchaseRhythm[]> {
  let after = '00000000-0000-0000-0000-000000000000';
  while (true) {
    const { rows } = await pool.query<PurchaseRhythm>({
      name: 'silent customers',
      text: `select ${table.selection} from ${table.name}
              where not churned and customer_id > $7 and case
                when inactive_since is null
                  then ${SILENT_FROM} between $1::timestamptz - $6 * interval '1 day' and $1::timestamptz
                when inactive_since = last_purchase_at then $8 else true end
              order by customer_id limit ${PAGE}`,
      values: [
        by,
        rules.inactiveAfterRhythms,
        rules.rhythmPurchases,
        rules.usualRhythmDays,
        rules.shortestRhythmDays,
        // Up to the end of that day.
        rules.presentDays + 1,
        after,
        isGiven(rules.churnedAfterRhythms),
      ],
    });
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.customerId;
  }
}
