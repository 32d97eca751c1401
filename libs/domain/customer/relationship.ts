import type { DecisionContext } from '../decider.js';
import { happened } from '../deciding.js';
import type { Decision } from './known.js';
import type { AssessPotential, AssignOwner, AssignRelationshipLevel } from './relationship-commands.js';
import type { CustomerState } from './state.js';

/** Who looks after the customer; the same once more is nothing new. */
export function assignOwner({ type, ...data }: AssignOwner, state: CustomerState, context: DecisionContext): Decision {
  if (data.ownerId === state.ownerId) return [];
  return [happened('OwnerAssigned', { ...data, from: state.ownerId }, context)];
}

/** How deep the relationship is to be: basic, until something else is assigned. The same once more is nothing new. */
export function assignRelationshipLevel(
  { type, ...data }: AssignRelationshipLevel,
  { relationshipLevel: from = 'basic' }: CustomerState,
  context: DecisionContext,
): Decision {
  return data.to === from ? [] : [happened('RelationshipLevelAssigned', { ...data, from }, context)];
}

/** Every assessment is recorded. */
export function assessPotential(
  { type, ...data }: AssessPotential,
  _: CustomerState,
  context: DecisionContext,
): Decision {
  return [happened('PotentialAssessed', data, context)];
}
