import type { Recorded } from '#contracts/envelope.js';
import { counter, durations, secondsSince } from '#platform/telemetry/metrics.js';
import { inSpanOfBatch, SpanKind } from '#platform/telemetry/tracing.js';
import { topicOf } from '../kafka/cloud-event.js';
import type { Processor, ProcessorObserver } from '../processor.js';
import { countPublished } from './processor-metrics.js';

const events = counter('rapport_processor_events_total', 'Events that a processor has taken.', ['processor']);
const batches = durations(
  'rapport_processor_batch_duration_seconds',
  'Batches that were stored: rows and checkpoint, records and position, or commands and checkpoint.',
  ['processor'],
);
const failures = counter(
  'rapport_processor_failures_total',
  'Errors after which a processor is opened again, or stopped.',
  ['processor'],
);
const KINDS = { projection: SpanKind.CONSUMER, policy: SpanKind.CONSUMER, publisher: SpanKind.PRODUCER };

/** What a processor has done of late. */
export interface Activity {
  /** Events taken since the start. */
  events: number;
  failures: number;
  /** In ms, as all of these. */
  movedAt: number | undefined;
  /** Since when it has failed without having stored anything in between. */
  failingSince: number | undefined;
}

/** Counts, times and traces what the processors of a worker do. */
export class ProcessorActivities implements ProcessorObserver {
  private readonly byName = new Map<string, Activity>();

  constructor(private readonly now: () => number = Date.now) {}

  of(name: string): Activity {
    let activity = this.byName.get(name);
    if (!activity) {
      activity = { events: 0, failures: 0, movedAt: undefined, failingSince: undefined };
      this.byName.set(name, activity);
    }
    return activity;
  }

  async batch(processor: Processor, taken: Recorded[], work: () => Promise<void>): Promise<void> {
    const { name, kind } = processor;
    const began = performance.now();
    const attributes = { 'rapport.processor': name, 'messaging.batch.message_count': taken.length };
    const verb = kind === 'publisher' ? 'publish' : 'process';
    await inSpanOfBatch(`${verb} ${name}`, { kind: KINDS[kind], attributes }, taken, work);
    batches.observe({ processor: name }, secondsSince(began));
    events.inc({ processor: name }, taken.length);
    if (kind === 'publisher') for (const event of taken) countPublished(topicOf(event));
    const activity = this.of(name);
    activity.events += taken.length;
    activity.movedAt = this.now();
    activity.failingSince = undefined;
  }

  failed({ name }: Processor): void {
    failures.inc({ processor: name });
    const activity = this.of(name);
    activity.failures += 1;
    activity.failingSince ??= this.now();
  }
}
