import type { Recorded } from '#contracts/envelope.js';
import type { RapportEvent } from '#contracts/events.js';
import type { Entity } from '#platform/database/entity.js';
import { SEGMENTS } from './segments.js';

export type RecordedEvent = Recorded<RapportEvent>;

/** A message of a state topic that follows anew; without a customer: that of every one. */
export interface StateChange {
  topic: string;
  customerId?: string;
}

/** What of the state topics follows from the rows of a view. */
export interface StateSource<Row extends object> {
  topics: readonly string[];
  /** What follows anew from a row that is another now; undefined: there was none, or there is none any more. Pure. */
  changed(before: Row | undefined, after: Row | undefined): StateChange[];
}

/**
 * One version of a read model: a table and a pure fold into its rows. Checkpoints, batches and SQL are the engine's.
 * Another fold or another table is another version.
 */
export interface Projection<Row extends object> {
  name: string;
  version: number;
  /** The TypeORM entity of its table, in schema `views`, with one primary column. */
  table: Entity<Row>;
  /** Statements for indexes that the entity's decorators cannot say, without names. */
  indexes?(table: string): string[];
  /**
   * Each row depends on the events of one customer alone (of one stream, while the customer is unknown): workers share
   * the view, each with the customers of some segments.
   */
  segmentedBy?: 'customer';
  /**
   * What the rows depend on besides what every message of the events topic tells: personal fields, as `EVENT.FIELD`, which
   * are published where configuration says so; `all` for what no message tells, such as who did it. Left out: nothing.
   */
  needs?: readonly string[] | 'all';
  /** Each event makes a row of its own, which nothing changes afterwards: rows are stored without a look at what is there. */
  appendOnly?: true;
  /** The row that an event changes; undefined when the event is none of its business. */
  key(event: RecordedEvent): string | undefined;
  /**
   * The row after the event. Pure: no clock, no randomness, no I/O, and the row given is not changed.
   * An answer of undefined means that there is no such row (any more).
   */
  evolve(row: Row | undefined, event: RecordedEvent): Row | undefined;
  /** A narrow second table for lists and search: each row of it is a function of one of these, written with it. */
  listing?: Listing<Row>;
  /** What is told of its rows on Kafka's state topics. */
  states?: StateSource<Row>;
}

/** What a view's rows are listed by. */
export interface Listing<Row extends object> {
  /** An entity like a view's own, with the same key. */
  table: Entity;
  /** As a projection's own. */
  indexes?(table: string): string[];
  /** Pure; undefined: the row is in no list. */
  rowOf(row: Row): object | undefined;
}

/** Into how many segments a projection is split. */
export function segmentCount({ segmentedBy }: Pick<Projection<object>, 'segmentedBy'>): number {
  return segmentedBy === 'customer' ? SEGMENTS : 1;
}

/** Of several versions of a name the first one listed: that is its latest. */
export function latestVersions<Row extends object>(projections: readonly Projection<Row>[]): Projection<Row>[] {
  return projections.filter(({ name }, at) => projections.findIndex((other) => other.name === name) === at);
}
