import type { Customer360Answer } from '#read-models/customer-360/customer-360.query.js';
import type { HistoryEvent } from '#read-models/history/history-event.js';

/** The view for a person: what is there, a line a field. */
export function viewLines(view: Customer360Answer): string[] {
  const { customerId, name, ...rest } = view;
  return [`Customer ${name === null ? 'without a name' : inOneLine(name)} (${customerId})`, ...told(fieldsOf(rest))];
}

/** An event for a person: what happened and when, who did it and why, and what it says. */
export function eventLines(event: HistoryEvent): string[] {
  const { type, occurredAt, recordedAt, actor, reason, decidedBy, stream, revision, position, eventId, causationId } =
    event;
  const who = [`${actor.id} (${actor.kind})`, actor.department, actor.outletId].filter(Boolean).join(', ');
  const rules = decidedBy?.rulesVersion === undefined ? '' : `, rules version ${decidedBy.rulesVersion}`;
  return [
    `${occurredAt}  ${type}`,
    ...told([
      ['by', decidedBy ? `${who}, decided by ${decidedBy.policy}${rules}` : who],
      ...(reason === undefined ? [] : [['because', reason] as const]),
      ['recorded', `${recordedAt} at ${position}, ${stream} revision ${revision}`],
      ['event', `${eventId}, caused by ${causationId}`],
      ...fieldsOf(event.data),
    ]),
  ];
}

type Field = readonly [path: string, value: string];

function told(fields: Field[]): string[] {
  const width = Math.min(32, Math.max(0, ...fields.map(([path]) => path.length)));
  return fields.map(([path, value]) => `    ${path.padEnd(width)}  ${value}`);
}

/** Every value that is there by its path: `profile.address.city`, `lastPurchases.0.total`. */
function fieldsOf(value: unknown, path = ''): Field[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [[path, inOneLine(String(value))]];
  return Object.entries(value).flatMap(([name, each]) => fieldsOf(each, path === '' ? name : `${path}.${name}`));
}

/** What others wrote must not move the cursor of a terminal. */
function inOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ');
}
