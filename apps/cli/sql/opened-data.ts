import type { DuckDBConnection } from '@duckdb/node-api';
import type { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { rowsIn } from '../results/duckdb.js';
import { Spool } from '../results/spool.js';

const SEALED = `select event_id, type, customer_id, data::varchar as data from events where contains(data::varchar, '"$personal"')`;

/**
 * Replaces the view `events` by one in which personal data are opened. What cannot be opened, because the person was
 * erased, is left out, as everywhere.
 */
export async function openPersonalData(connection: DuckDBConnection, cipher: PersonalDataCipher): Promise<void> {
  const spool = new Spool();
  try {
    const result = await connection.stream(SEALED);
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const events = (chunk.getRows() as (string | null)[][]).map(([eventId, type, customerId, data]) => ({
        eventId: eventId!,
        type: type!,
        data: JSON.parse(data!) as object,
        metadata: { commandHash: '', customerId: customerId ?? undefined },
      }));
      await cipher.open(events);
      for (const { eventId, data } of events) await spool.addLine(JSON.stringify({ event_id: eventId, data }));
    }
    await spool.end();
    const columns = [
      { name: 'event_id', type: 'text' },
      { name: 'data', type: 'json' },
    ] as const;
    await connection.run(`create temp table opened as select * from ${rowsIn(spool.file, columns)}`);
    await connection.run('alter view events rename to sealed_events');
    await connection.run(
      `create view events as select e.* replace (coalesce(o.data, e.data) as data)
         from sealed_events e left join opened o using (event_id)`,
    );
  } finally {
    spool.remove();
  }
}
