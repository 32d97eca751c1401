import type { StateDeclaration } from '#contracts/states.js';
import type { Position } from '../processor.js';

/** The states of some customers, out of one snapshot of the views that they come from. */
export interface StatesRead {
  /** Everything up to here is in them; undefined: a view stands at the beginning. */
  position: Position;
  /** Nothing beyond is. */
  through: Position;
  /** Which builds of the views they come from: of others positions may have gone back. */
  builds: string;
  /** By customer; null: there is none (any more). Who is left out has nothing to be told yet. */
  states: ReadonlyMap<string, object | null>;
  /** Events of these wait in a view: it is not known how they are. */
  parked: readonly string[];
}

/** Whose states are asked for: those customers, or also those in whom they live on. */
export type StateScope = 'these' | 'with survivors';

/** What a state topic tells, and from which views. */
export interface StateTopic extends StateDeclaration {
  /** The names of the views. */
  readonly views: readonly string[];
  /** @param date the business date that the states are told for. */
  read(customers: readonly string[], date: string, scope: StateScope): Promise<StatesRead>;
  /** Every customer's id in order, a page at a time. */
  customers(after: string | null, limit: number): Promise<string[]>;
}
