import { counter, durations, secondsSince } from '#platform/telemetry/metrics.js';
import { inSpanOfTrace, SpanKind } from '#platform/telemetry/tracing.js';
import type { Appended } from './protocol/appends.js';

const duration = durations(
  'rapport_event_store_append_duration_seconds',
  'Appends, sealing included, by how they ended: `appended`, `refused` (the stream had moved on) or `failed`.',
  ['outcome'],
);
const events = counter('rapport_event_store_appended_events_total', 'Events appended.', []);

/** An append: counted, timed, and a span of the trace that it belongs to. */
export async function observedAppend(
  count: number,
  append: () => Promise<Appended>,
  isRefusal: (error: unknown) => boolean,
): Promise<Appended> {
  const began = performance.now();
  let outcome = 'failed';
  try {
    const attributes = { 'rapport.events': count };
    const appended = await inSpanOfTrace('append', { kind: SpanKind.CLIENT, attributes }, append);
    outcome = 'appended';
    events.inc(count);
    return appended;
  } catch (error) {
    if (isRefusal(error)) outcome = 'refused';
    throw error;
  } finally {
    duration.observe({ outcome }, secondsSince(began));
  }
}
