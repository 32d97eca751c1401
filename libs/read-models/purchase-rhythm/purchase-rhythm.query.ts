import type { Pool } from 'pg';
import type { RetentionRules } from '#contracts/rules/retention-rules.js';
import { livePosition } from '#processing/builds/live-version.js';
import type { Position } from '#processing/processor.js';
import { RowTable } from '#processing/row-table.js';
import { mergedCustomers } from '../merge-group/merge-group.query.js';
import { purchaseRhythm } from './purchase-rhythm.projection.js';
import { PurchaseRhythm } from './purchase-rhythm.table.js';

/** Of one look, the longest silent first; the rest is found by the next, when these have been dealt with. */
const MOST = 20_000;
const table = new RowTable(PurchaseRhythm);

/**
 * When the silence has lasted so many rhythms, by the rules in $3 to $5; see `libs/domain/retention/rhythm.ts`. In
 * floating point, because numeric is slow and this is computed of many.
 */
const silentFor = (rhythms: string) => `silent_since + ${rhythms}::float8 * interval '1 day' * case
  when purchases < $3 then $4::float8
  else greatest($5::float8, date_part('epoch', last_purchase_at - first_purchase_at) / 86400 / (purchases - 1)) end`;

/** Where the view of rhythms stands; undefined when it has not seen everything of anybody. */
export async function rhythmPosition(pool: Pool): Promise<Position> {
  return livePosition(pool, purchaseRhythm);
}

/**
 * Customers of whom something may have to be said: those who are silent for too long, and those who have bought since
 * that was said of them. There may be a few too many: the domain tells exactly who they are.
 */
export async function silentCustomers(pool: Pool, by: string, rules: RetentionRules): Promise<PurchaseRhythm[]> {
  const { inactiveAfterRhythms, rhythmPurchases, usualRhythmDays, shortestRhythmDays } = rules;
  // The shortest silence that can be too long: most customers have bought since, and are not even looked at.
  const shortest = inactiveAfterRhythms * Math.min(usualRhythmDays, shortestRhythmDays);
  const { rows } = await pool.query<PurchaseRhythm>({
    name: 'silent customers',
    text: `select ${table.selection} from ${table.name}
            where not churned and case
              when inactive_since is null
                then silent_since <= $1::timestamptz + interval '1 minute' - $6::float8 * interval '1 day'
                  and ${silentFor('$2')} between $1::timestamptz - $8 * interval '1 day'
                                         and $1::timestamptz + interval '1 minute'
              when inactive_since = last_purchase_at then ${silentFor('$7')} <= $1::timestamptz + interval '1 minute'
              else true end
              and not exists (select from ${mergedCustomers} as m where m.customer_id = ${table.name}.customer_id)
            order by silent_since limit ${MOST}`,
    values: [
      by,
      inactiveAfterRhythms,
      rhythmPurchases,
      usualRhythmDays,
      shortestRhythmDays,
      shortest,
      rules.churnedAfterRhythms ?? null,
      // Up to the end of that day.
      rules.presentDays + 1,
    ],
  });
  return rows;
}
