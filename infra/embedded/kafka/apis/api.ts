import type { Broker } from '../broker.js';
import type { Reader, Writer } from '../wire.js';

export interface RequestContext {
  broker: Broker;
  version: number;
  clientId: string;
  clientHost: string;
}

/** The connection is to be closed without an answer, as Kafka does when a producer with acks=0 could not be served. */
export const CLOSE = Symbol('close');

/** A response; null when the client expects none. */
export type Answer = Writer | null | typeof CLOSE;

/**
 * The handler of one API in a range of versions. Its synchronous part runs in the order in which a connection's
 * requests arrive; an answer to something that was changed waits for `store.flushed()`.
 */
export interface Api {
  key: number;
  name: string;
  min: number;
  max: number;
  handle(request: Reader, context: RequestContext): Answer | Promise<Answer>;
}
