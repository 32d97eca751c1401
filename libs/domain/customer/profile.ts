import type { PartyKind } from '#contracts/codes.js';
import { isJsonObject } from '#contracts/fields.js';
import type { ProfileUpdated } from '#contracts/profile.events.js';
import type { DecisionContext } from '../decider.js';
import { ensure, happened, isGiven } from '../deciding.js';
import type { Decision } from './known.js';
import { requirePlausible } from './plausible.js';
import type { UpdateProfile } from './profile-commands.js';
import type { CustomerState } from './state.js';

/** What of the profile changes, and only that. */
export function updateProfile(
  { type, ...change }: UpdateProfile,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  ensure(
    changesOf(change, {}) !== undefined,
    'invalid',
    'profile-change-not-empty',
    'The change is empty: give at least one field with its new value.',
  );
  requireOf('person', change, state);
  requireOf('organisation', change, state);
  const changes = changesOf(change, state.profile);
  if (changes === undefined) return [];
  requirePlausible(changes, context);
  return [happened('ProfileUpdated', changes, context)];
}

function requireOf(partyKind: PartyKind, change: ProfileUpdated, state: CustomerState): void {
  ensure(
    !isGiven(change[partyKind]) || state.partyKind === partyKind,
    'invalid',
    'profile-fields-of-party-kind',
    `The customer is no ${partyKind}: leave out ${partyKind}.`,
    partyKind,
  );
}

/** What differs from the profile; undefined when nothing does. */
function changesOf(change: ProfileUpdated, profile: ProfileUpdated): ProfileUpdated | undefined {
  const { person, organisation, address, ...plain } = change;
  return given({
    ...differing(plain, profile),
    person: differing(person, profile.person),
    organisation: differing(organisation, profile.organisation),
    address: differing(address, profile.address),
  });
}

/** The fields whose values differ; an industry, or the lines of an address, is one value. */
function differing<Fields extends object>(change: Fields | undefined, known: Fields | undefined): Fields | undefined {
  const before: Record<string, unknown> = { ...known };
  const after = Object.entries(change ?? {}).filter(([field, value]) => !isSame(value, before[field]));
  return given(Object.fromEntries(after) as Fields);
}

function given<Fields extends object>(fields: Fields): Fields | undefined {
  const present = Object.entries(fields).filter(([, value]) => isGiven(value));
  return present.length === 0 ? undefined : (Object.fromEntries(present) as Fields);
}

/** Of two JSON values, whatever the order of keys. */
function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) && one.length === other.length && one.every((item, index) => isSame(item, other[index]))
    );
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return one === other;
  return [...Object.keys(one), ...Object.keys(other)].every((key) => isSame(one[key], other[key]));
}
