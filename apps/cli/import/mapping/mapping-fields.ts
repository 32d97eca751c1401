import { rule } from '#contracts/fields.js';
import { DATE_FORMAT_HELP, isDateFormat, isTimeZone } from '../conversion/dates.js';

/** One ASCII character that is no line end: bytes can then be searched for it whatever the text around it. */
export const OneCharacter = ({ orNone = false } = {}): PropertyDecorator =>
  rule(
    'oneCharacter',
    (value) => typeof value === 'string' && (/^[\t\x20-\x7e]$/.test(value) || (orNone && value === '')),
    `must be one ASCII character${orNone ? ', or "" for none' : ''}`,
  );

/** A JSON object from text to text. */
export const Translation = (): PropertyDecorator =>
  rule(
    'translation',
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((text) => typeof text === 'string'),
    'must be an object whose values are text',
  );

/** What a date's text looks like. */
export const DateFormat = (): PropertyDecorator => rule('dateFormat', isDateFormat, DATE_FORMAT_HELP);

/** An IANA time zone. */
export const TimeZone = (): PropertyDecorator =>
  rule('timeZone', isTimeZone, 'must be an IANA time zone, as Asia/Ho_Chi_Minh');

/** The name of a system outside, as it stands in addresses. */
export const SourceName = (): PropertyDecorator =>
  rule(
    'sourceName',
    (value) => typeof value === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(value),
    'must be 1 to 64 letters, digits, points, underscores or hyphens: it is the first part of addresses, as cdnow:07592',
  );
