import { RuleViolation } from '#domain/decider.js';
import { counter, durations, secondsSince } from '#platform/telemetry/metrics.js';
import { inSpanOfCause } from '#platform/telemetry/tracing.js';
import type { Outcome } from './command-ledger.js';
import type { CommandMeta } from './command-meta.js';
import { ConcurrencyConflict, DifferentContent, IdempotencyKeyReused, RevisionMismatch } from './errors.js';

type Ending = 'appended' | 'unchanged' | 'repeated' | 'refused' | 'conflict' | 'failed';

const handled = counter(
  'rapport_commands_total',
  'Commands handled, by how they ended: `appended`, `unchanged` (nothing to do), `repeated` (an Idempotency-Key again), `refused` (a rule), `conflict`, `failed`.',
  ['command', 'outcome'],
);
const duration = durations('rapport_command_duration_seconds', 'From load to append, the wait for its turn included.', [
  'command',
]);
const retries = counter(
  'rapport_command_retries_total',
  'How often a command was decided again because its stream had moved on.',
  ['command'],
);

/** What is handled: a command to a stream. */
interface Handled {
  command: object;
  meta: CommandMeta;
}

/** Handles a command: counted, timed, and in the trace of the request or of the event that caused it. */
export async function observed(request: Handled, work: () => Promise<Outcome>): Promise<Outcome> {
  const { meta } = request;
  const command = typeOf(request);
  const began = performance.now();
  let outcome: Ending = 'failed';
  try {
    const attributes = { 'rapport.command': command, 'rapport.correlation_id': meta.correlationId };
    const result = await inSpanOfCause(meta.causationId, `command ${command}`, { attributes }, work);
    outcome = result.repeated ? 'repeated' : result.appended > 0 ? 'appended' : 'unchanged';
    return result;
  } catch (error) {
    outcome = endingOf(error);
    throw error;
  } finally {
    handled.inc({ command, outcome });
    duration.observe({ command }, secondsSince(began));
  }
}

/** The stream had moved on: the command is decided once more. */
export function countRetry(request: Handled): void {
  retries.inc({ command: typeOf(request) });
}

function endingOf(error: unknown): Ending {
  if (error instanceof ConcurrencyConflict) return 'conflict';
  const isRefused =
    error instanceof RuleViolation ||
    error instanceof RevisionMismatch ||
    error instanceof IdempotencyKeyReused ||
    error instanceof DifferentContent;
  return isRefused ? 'refused' : 'failed';
}

/** Deciders tell commands apart by their type; there are as many as the domain has. */
function typeOf({ command }: Handled): string {
  return 'type' in command ? String(command.type) : 'unknown';
}
