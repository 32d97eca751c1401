import type { ContactMedium } from '#contracts/codes.js';
import type { DecisionContext } from '../decider.js';
import { ensure, happened, requireInOrder } from '../deciding.js';
import { comparable, normalised } from './contact-values.js';
import type { Decision } from './known.js';
import type { AddContactPoint, RemoveContactPoint, VerifyContactPoint } from './profile-commands.js';
import type { ContactPoint } from './profile-state.js';
import type { CustomerState } from './state.js';

/** A way to reach the customer; one that is there already is nothing new. */
export function addContactPoint(
  { contactPointId, medium, value: given, country, label, preferred }: AddContactPoint,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  const value = normalised(medium, given, country);
  if (contactPointIdOf(state, medium, given, country) !== undefined) return [];
  ensure(
    !isRemoved(contactPointId, state) && find(contactPointId, state) === undefined,
    'conflict',
    'contact-point-added-once',
    `Contact point ${contactPointId} has already been added: give a new one an id of its own.`,
    'contactPointId',
  );
  const raw = given === value ? undefined : given;
  return [happened('ContactPointAdded', { contactPointId, medium, value, raw, label, preferred }, context)];
}

/** They do answer there. */
export function verifyContactPoint(
  { type, ...data }: VerifyContactPoint,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  const { verified } = present(data.contactPointId, state, context);
  return verified ? [] : [happened('ContactPointVerified', data, context)];
}

/** They are not to be reached there any more. */
export function removeContactPoint(
  { type, ...data }: RemoveContactPoint,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  if (isRemoved(data.contactPointId, state)) return [];
  present(data.contactPointId, state, context);
  return [happened('ContactPointRemoved', data, context)];
}

/** The id of the contact point with a value as it was given; undefined when there is none. */
export function contactPointIdOf(
  { contactPoints }: CustomerState,
  medium: ContactMedium,
  given: string,
  country?: string,
): string | undefined {
  const value = comparable(medium, normalised(medium, given, country));
  return contactPoints.find((each) => each.medium === medium && each.value === value)?.contactPointId;
}

function isRemoved(contactPointId: string, { removedContactPoints }: CustomerState): boolean {
  return removedContactPoints.includes(contactPointId);
}

function find(contactPointId: string, { contactPoints }: CustomerState): ContactPoint | undefined {
  return contactPoints.find((each) => each.contactPointId === contactPointId);
}

/** One that is there, and was by then. */
function present(contactPointId: string, state: CustomerState, { occurredAt }: DecisionContext): ContactPoint {
  const contactPoint = find(contactPointId, state);
  ensure(
    contactPoint !== undefined,
    'not-found',
    'contact-point-not-found',
    `The customer has no contact point ${contactPointId}.`,
    'contactPointId',
  );
  const added = { instant: contactPoint.addedAt, what: 'the contact point was added' };
  requireInOrder(occurredAt, added, 'contact-point-dates-in-order');
  return contactPoint;
}
