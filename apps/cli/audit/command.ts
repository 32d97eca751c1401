import type { Command } from 'commander';
import { parseAddress } from '#contracts/ids.js';
import { systemClock } from '#platform/clock.js';
import { CheckpointWatch } from '#processing/checkpoint-watch.js';
import { type Customer360Answer, findCustomer360 } from '#read-models/customer-360/customer-360.query.js';
import { customer360In } from '#read-models/history/as-of.js';
import { findHistory } from '#read-models/history/history.query.js';
import type { HistoryEvent } from '#read-models/history/history-event.js';
import { dayOf, isPointInTime, isPosition, type Moment } from '#read-models/history/moment.js';
import { findPast } from '#read-models/history/past.query.js';
import { ViewReader } from '#read-models/view-reader.js';
import { openSystem } from '../connected.js';
import { type Context, contextOf } from '../context.js';
import { CliError, exitCode } from '../exit.js';
import { eventLines, viewLines } from './lines.js';

const PAGE = 500;

export interface Audit {
  view: Customer360Answer;
  /** In the order in which they were recorded. */
  events: HistoryEvent[];
}

export function registerAudit(program: Command): void {
  program
    .command('audit <customer>')
    .summary('tell everything that is known of a customer, and how it came about')
    .description(
      'Tell the 360° view of a customer, now or as of a moment, and every event about it in the order in which they ' +
        'were recorded. A customer is an id, or SYSTEM:ID, as cdnow:07592. Personal data are told: mind who reads along.',
    )
    .option('--as-of <moment>', 'the view from what was recorded by then: a position, a day or an instant in UTC')
    .option('--effective-at <moment>', 'the view from what had happened by then: a day or an instant in UTC')
    .action(async (customer: string, options: Moment, command: Command) => {
      const context = contextOf(command);
      const audit = await auditOf(context, customer, checked(options));
      context.output.result(audit, [...viewLines(audit.view), '', ...audit.events.flatMap(eventLines)]);
    });
}

function checked({ asOf, effectiveAt }: Moment): Moment {
  if (asOf !== undefined && !isPosition(asOf) && !isPointInTime(asOf)) {
    throw new CliError('--as-of must be a position, a day, as 1998-06-30, or an instant in UTC.', exitCode.usage);
  }
  if (effectiveAt !== undefined && !isPointInTime(effectiveAt)) {
    throw new CliError('--effective-at must be a day, as 1998-06-30, or an instant in UTC.', exitCode.usage);
  }
  return { asOf, effectiveAt };
}

async function auditOf(context: Context, customer: string, moment: Moment): Promise<Audit> {
  const id = parseAddress('customer', customer);
  if (id === undefined) throw new CliError(`${customer} is no id and no SYSTEM:ID of a customer.`, exitCode.usage);
  const { store, cipher, pool, databaseUrl, businessDate, close } = await openSystem(context);
  const watch = new CheckpointWatch(databaseUrl);
  try {
    await watch.start();
    const reader = new ViewReader(pool, watch, [], store);
    const date = dayOf(moment, systemClock(businessDate).businessDate());
    const view = await viewAt(reader, cipher, id, moment, date);
    if (view === undefined) throw new CliError(`There is no customer ${customer}, or was none then.`, exitCode.refused);
    return { view, events: await wholeHistory(reader, cipher, id) };
  } finally {
    await watch.close();
    await close();
  }
}

type Opener = NonNullable<Parameters<typeof findHistory>[1]>;

async function viewAt(
  reader: ViewReader,
  opener: Opener,
  id: string,
  { asOf, effectiveAt }: Moment,
  date: string,
): Promise<Customer360Answer | undefined> {
  if (asOf === undefined && effectiveAt === undefined) return (await findCustomer360(reader, id, date, {})).view;
  const { past } = await findPast(reader, opener, id, asOf, {});
  return past && customer360In(past, effectiveAt, date);
}

async function wholeHistory(reader: ViewReader, opener: Opener, id: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let after: string | undefined;
  do {
    const { page } = await findHistory(reader, opener, id, { after, limit: PAGE }, {});
    events.push(...(page?.events ?? []));
    after = page?.next;
  } while (after !== undefined);
  return events;
}
