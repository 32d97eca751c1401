import type { Recorded } from '#contracts/envelope.js';
import { isJsonObject } from '#contracts/fields.js';
import { without } from '#contracts/paths.js';
import { personalPaths } from '#event-store/personal-data-cipher.js';
import type { Credential } from './credential.js';
import { type ApiRole, READERS } from './roles.js';

/** Who sees personal data in the feed of events, which gives everything of everybody. */
const FEED_READERS: readonly ApiRole[] = ['auditor', 'admin'];

/** Whether the answers to a query about customers hold personal data. */
export function seesPersonalData({ role }: Credential): boolean {
  return READERS.includes(role);
}

/** Whether the events of the feed hold personal data. */
export function seesPersonalDataInFeed({ role }: Credential): boolean {
  return FEED_READERS.includes(role);
}

/**
 * The answer as its reader may see it: for an analyst, without what the paths name.
 * @param personal paths of fields, `[]` for every item of a list: `name`, `contactPoints[].value`. Each view keeps its
 * list beside its table.
 */
export function answerFor<Answer extends object>(
  reader: Credential,
  answer: Answer,
  personal: readonly string[],
): Answer {
  return seesPersonalData(reader) ? answer : withoutPersonalData(answer, personal);
}

/** A copy without what stands at the paths; a path that leads nowhere is none. */
export function withoutPersonalData<Answer extends object>(answer: Answer, personal: readonly string[]): Answer {
  return personal.reduce((copy, path) => withoutAt(copy, path.replaceAll('[]', '.[]').split('.')) as Answer, answer);
}

function withoutAt(value: unknown, [field, ...rest]: string[]): unknown {
  if (field === undefined) return undefined;
  if (field === '[]') {
    return Array.isArray(value)
      ? value.map((item) => withoutAt(item, rest)).filter((item) => item !== undefined)
      : value;
  }
  if (!isJsonObject(value) || !Object.hasOwn(value, field)) return value;
  const { [field]: held, ...others } = value;
  const left = withoutAt(held, rest);
  return left === undefined ? others : { ...others, [field]: left };
}

/**
 * An event without what is marked as personal in its declaration, and without the free text that says why: what people
 * write there is nobody's to check.
 */
export function withoutPersonalFields<Event extends Pick<Recorded, 'type' | 'data' | 'metadata'>>(event: Event): Event {
  const { reason: _, ...metadata } = event.metadata;
  return { ...event, data: without(event.data, personalPaths(event.type)), metadata };
}
