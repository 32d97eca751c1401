import pg from 'pg';
import { inSpanOfTrace, SpanKind } from '../telemetry/tracing.js';

const POSTGRESQL = { kind: SpanKind.CLIENT, attributes: { 'db.system.name': 'postgresql' } };

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const DATE = 1082;

/** Amounts and positions stay below 2^53; instants and days stay text, as they stand in events. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return Number;
    if (oid === TIMESTAMPTZ) return instantOf;
    if (oid === DATE) return (value: string) => value;
    return pg.types.getTypeParser(oid, format);
  }) as typeof pg.types.getTypeParser,
};

/** In ISO form: what `Date` makes of PostgreSQL's own, with a blank, takes the year 99 for 1999. */
function instantOf(text: string): string {
  // A whole second in UTC, as most are: `1999-01-31 08:15:00+00`.
  if (text.length === 22 && text.endsWith('+00')) return `${text.slice(0, 10)}T${text.slice(11, 19)}.000Z`;
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString();
}

/** Far in the past other time zones are off by seconds, which no instant can tell. */
const IN_UTC = '-c TimeZone=UTC';

/** The server finds out within ten seconds that the machine at the other end is gone, and gives its locks to others. */
const ALIVE = '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=4';

/** A process that hangs within a transaction keeps others from what it has locked no longer than this. */
const HUNG = '-c idle_in_transaction_session_timeout=20s';

const OPTIONS = [IN_UTC, ALIVE, HUNG].join(' ');

/** A connection outside of the pool, for what must hold one: locks and notifications. */
export function createClient(url: string): pg.Client {
  return new pg.Client({ connectionString: url, types, options: OPTIONS, keepAlive: true });
}

export function createPool(url: string, { max = 10 } = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, types, options: OPTIONS, max, keepAlive: true });
  // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => {});
  // Nor does anybody listen to one that is just handed out, before whoever asked for it goes on.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Runs `work` in one transaction on one connection, rolled back when it throws. */
export function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return inSpanOfTrace('transaction', POSTGRESQL, () => untraced(pool, work));
}

async function untraced<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Between two queries nobody else hears that the connection broke, and an error without a listener ends the process.
  const lost = (error: Error) => {
    broken = error;
  };
  client.on('error', lost);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.off('error', lost);
    client.release(broken);
  }
}
