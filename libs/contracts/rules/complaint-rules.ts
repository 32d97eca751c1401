import { SEVERITIES, type Severity } from '../codes.js';
import { BusinessDays, Code, Count, ListOf, Text, TimeOfDay } from '../fields.js';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A span of a weekday in which the clock of a deadline runs. */
export class BusinessHours {
  @Code(WEEKDAYS) weekday!: Weekday;
  @TimeOfDay() from!: string;
  @TimeOfDay() to!: string;
}

/** How long a complaint of a severity may take, in business minutes. */
export class ComplaintTarget {
  @Code(SEVERITIES) severity!: Severity;
  @Count(1) acknowledgementMinutes!: number;
  @Count(1) resolutionMinutes!: number;
}

/** Deadlines of complaints and the calendar that they are computed with. */
export class ComplaintRules {
  /** The IANA time zone of the business hours. */
  @Text(64) timeZone!: string;
  @ListOf(() => BusinessHours, { most: 50 }) businessHours!: BusinessHours[];
  /** Days on which the clock stands still. */
  @BusinessDays() holidays!: string[];
  /** One for each severity. */
  @ListOf(() => ComplaintTarget, { least: SEVERITIES.length, most: SEVERITIES.length }) targets!: ComplaintTarget[];
  /** A breach is recorded only of a deadline that passed less than so many days ago. */
  @Count(1) presentDays!: number;
}
