import type { ProfileUpdated } from '#contracts/profile.events.js';
import type { DecisionContext } from '../decider.js';
import { ensure, isGiven } from '../deciding.js';

/** Nobody who buys today was born before it. */
const EARLIEST_BIRTH = '1900-01-01';

/** Names say something, and a person was born before today: what was recorded before there were these rules stays. */
export function requirePlausible({ name, person, organisation }: ProfileUpdated, context: DecisionContext): void {
  requireNotBlank(name, 'name');
  requireNotBlank(person?.fullName, 'person.fullName');
  requireNotBlank(person?.familyName, 'person.familyName');
  requireNotBlank(person?.givenName, 'person.givenName');
  requireNotBlank(organisation?.legalName, 'organisation.legalName');
  requireBirthDate(person?.birthDate, context);
}

function requireNotBlank(name: string | undefined, field: string): void {
  ensure(
    !isGiven(name) || name.trim() !== '',
    'invalid',
    'name-not-blank',
    'A name of blanks alone names nobody: leave it out where it is not known.',
    field,
  );
}

function requireBirthDate(birthDate: string | undefined, { businessDate }: DecisionContext): void {
  ensure(
    !isGiven(birthDate) || (birthDate >= EARLIEST_BIRTH && birthDate <= businessDate),
    'invalid',
    'birth-date-plausible',
    `A birth date lies between ${EARLIEST_BIRTH} and the business date, ${businessDate}: leave it out where it is not known.`,
    'person.birthDate',
  );
}
