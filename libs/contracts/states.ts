import { CUSTOMER_360_TOPIC, LOYALTY_LEVEL_TOPIC } from './topics.js';

/** What a state topic holds. Its version is that of the topic: another one would be another topic. */
export interface StateDeclaration {
  topic: string;
  /** What `ce_type` says. */
  type: string;
}

export const CUSTOMER_360_STATE: StateDeclaration = { topic: CUSTOMER_360_TOPIC, type: 'Customer360' };
export const LOYALTY_LEVEL_STATE: StateDeclaration = { topic: LOYALTY_LEVEL_TOPIC, type: 'LoyaltyLevel' };
export const STATES: readonly StateDeclaration[] = [CUSTOMER_360_STATE, LOYALTY_LEVEL_STATE];
/** All of them tell of the loyalty level, the 360° view too. */
export const STATE_TOPICS: readonly string[] = STATES.map(({ topic }) => topic);

/** The id of the JSON Schema of a state: what `ce_dataschema` says. */
export function stateSchemaOf({ type }: StateDeclaration): string {
  return `urn:rapport:state:${type}:1`;
}
