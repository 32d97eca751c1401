import { derivedId } from '#contracts/ids.js';
import type { SourceRecord } from '../source-record.js';

export const RECORDED_AT = '2026-06-15T10:00:00.000Z';
const CUSTOMER = derivedId('customer', 'spec', '1');

/** A record as Rapport publishes it: a customer's enrolment, but for what is given. */
export function sourceRecord(
  given: Partial<Omit<SourceRecord, 'headers'>> & { data?: unknown; headers?: Record<string, string | undefined> } = {},
): SourceRecord {
  const { offset = 0n, partition = 0, data = { customerId: CUSTOMER }, headers, ...rest } = given;
  const all: Record<string, string | undefined> = {
    ce_specversion: '1.0',
    ce_id: derivedId('event', String(partition), String(offset)),
    ce_source: '/rapport',
    ce_type: 'LoyaltyEnrolled',
    ce_subject: `loyalty-${CUSTOMER}`,
    ce_time: '2026-06-15T09:00:00Z',
    ce_position: String(offset + 100n),
    ce_revision: '0',
    ce_schemaversion: '1',
    ce_correlationid: CUSTOMER,
    ce_causationid: CUSTOMER,
    ce_customerid: CUSTOMER,
    ...headers,
  };
  return {
    partition,
    offset,
    key: CUSTOMER,
    value: Buffer.from(JSON.stringify(data)),
    timestamp: String(Date.parse(RECORDED_AT)),
    ...rest,
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >,
  };
}
