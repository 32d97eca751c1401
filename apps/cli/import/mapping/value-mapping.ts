import { Code, Count, Optional, Text, Texts } from '#contracts/fields.js';
import { DateFormat, OneCharacter, TimeZone, Translation } from './mapping-fields.js';

/** Where a text comes from: a column, or a constant for every row. Exactly one of the two. */
export class ValueMapping {
  /** The column's name. */
  @Optional() @Text(200) column?: string;
  /** The same text for every row. */
  @Optional() @Text(500) constant?: string;
  /** What an empty value stands for. Without it an empty value is left out, or refused where one is needed. */
  @Optional() @Text(500) default?: string;
  /** From the source's words to Rapport's, as `{"Phone": "phone"}`. A word that is not there goes through as it is. */
  @Optional() @Translation() words?: Record<string, string>;
  /** What the source writes for "not known", as `["N/A"]`: it counts as empty. */
  @Optional() @Texts(100) emptyWhen?: string[];
}

export const ROUNDINGS = ['refuse', 'halfEven'] as const;

/** Where a number comes from, and how its text is written. It is converted exactly, never via floating point. */
export class NumberMapping {
  /** The column's name. */
  @Optional() @Text(200) column?: string;
  /** The same number for every row, as text. */
  @Optional() @Text(50) constant?: string;
  /** What an empty value stands for. */
  @Optional() @Text(50) default?: string;
  /** What stands before the decimals. Default: `.`. */
  @Optional() @OneCharacter() decimalSeparator?: string;
  /** What stands between thousands. Default: nothing does. */
  @Optional() @OneCharacter() groupSeparator?: string;
  /** The text is a whole number whose last digits are decimals: 1177 with 2 is 11.77. Default: 0. */
  @Optional() @Count() impliedDecimals?: number;
  /** More decimals than the currency has (other than zeros) are refused, or rounded half-even. Default: `refuse`. */
  @Optional() @Code(ROUNDINGS) rounding?: (typeof ROUNDINGS)[number];
}

export const WHEN_WRONG = ['refuse', 'leaveOut'] as const;

/** Where a day comes from, without a time, and how its text is written. */
export class DayMapping {
  /** The column's name. */
  @Text(200) column!: string;
  /** `iso`, or a pattern as of any date. Default: `iso`. */
  @Optional() @DateFormat() format?: string;
  /** A text that is no day, 31 February for instance, rejects the row, or counts as not known. Default: `refuse`. */
  @Optional() @Code(WHEN_WRONG) whenWrong?: (typeof WHEN_WRONG)[number];
}

/** Where a date comes from, and how its text is written. */
export class DateMapping {
  /** The column's name. */
  @Text(200) column!: string;
  /** `iso`, or a pattern of `yyyy MM M dd d HH H mm ss SSS` with other characters as they are. Default: `iso`. */
  @Optional() @DateFormat() format?: string;
  /** The time zone of a text that has no offset of its own. Default: `UTC`. */
  @Optional() @TimeZone() timeZone?: string;
}
