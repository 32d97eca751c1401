import { counter, gauge } from '#platform/telemetry/metrics.js';
import { HEALTH_STATES, type ProcessorsHealth } from './processor-health.js';

const head = gauge('rapport_event_store_head_position', 'Position of the last event that is no system event.', []);
const position = gauge('rapport_processor_position', 'Up to where a segment of a processor has stored everything.', [
  'processor',
  'segment',
]);
const lagPositions = gauge(
  'rapport_processor_lag_positions',
  'How much of the log lies between a segment and the head, in log positions.',
  ['processor', 'segment'],
);
const lagSeconds = gauge(
  'rapport_processor_lag_seconds',
  'Age of the oldest event that a segment has not stored; 0 when it has stored all.',
  ['processor', 'segment'],
);
const state = gauge('rapport_processor_state', '1 for the state that a processor is in, 0 for every other.', [
  'processor',
  'state',
]);
const parked = gauge(
  'rapport_processor_parked_keys',
  'Keys of a view that wait for somebody to mend what is wrong with an event.',
  ['processor'],
);
const refused = counter(
  'rapport_processor_commands_refused_total',
  'Commands of policies and timers that the domain refused and that were passed over.',
  ['processor'],
);

const records = counter('rapport_publisher_records_total', 'Records that the publishers have committed to Kafka.', [
  'topic',
]);

/** Records of a topic were committed. */
export function countPublished(topic: string, count = 1): void {
  records.inc({ topic }, count);
}

/** A command of a policy's was refused and passed over. */
export function countRefusal(processor: string): void {
  refused.inc({ processor });
}

/** Sets what the metrics say of processors. */
export function tellProcessors({ head: last, processors }: ProcessorsHealth): void {
  head.set(Number(last ?? 0));
  // Of what this worker does not have any more nothing is told.
  for (const told of [position, lagPositions, lagSeconds, state, parked]) told.reset();
  for (const processor of processors) {
    for (const segment of processor.segments) {
      const labels = { processor: processor.name, segment: segment.segment };
      position.set(labels, Number(segment.position ?? 0));
      lagPositions.set(labels, segment.lagPositions);
      lagSeconds.set(labels, segment.lagSeconds);
    }
    parked.set({ processor: processor.name }, processor.parked);
    for (const name of HEALTH_STATES) {
      state.set({ processor: processor.name, state: name }, name === processor.state ? 1 : 0);
    }
  }
}
