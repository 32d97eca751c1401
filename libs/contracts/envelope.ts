export const ACTOR_KINDS = ['employee', 'customer', 'service', 'policy', 'import'] as const;

/** Who did it. */
export interface Actor {
  id: string;
  kind: (typeof ACTOR_KINDS)[number];
  department?: string;
  outletId?: string;
}

/** What the event is about. A customer's event goes to the customer topic, any other to the business topic. */
export interface Subject {
  kind: 'customer' | 'rules';
  id: string;
}

/** The metadata of every event. */
export interface EventMetadata {
  /** When it happened, RFC 3339 UTC. */
  occurredAt: string;
  actor: Actor;
  reason?: string;
  correlationId: string;
  /** The id of the event or command that brought it about. */
  causationId: string;
  commandId: string;
  /** Hash of the command's target and body: tells a repeated command from another one with the same id. */
  commandHash: string;
  subject: Subject;
  /** The customer that it is about, where one is known. */
  customerId?: string;
  schemaVersion: number;
  /** The system that a record comes from. */
  source?: string;
  /** On what a policy decides. */
  decidedBy?: { policy: string; rulesVersion?: number };
  /** The trace that it was appended in (W3C Trace Context), where traces were recorded. Nothing is decided by it. */
  traceparent?: string;
}

/** An event type's name and data, as one member of a union that a `switch` can exhaust. */
export interface EventBody<Type extends string = string, Data = object> {
  type: Type;
  data: Data;
}

/** An event as it stands in the store. */
export type Recorded<Event extends EventBody = EventBody> = Event & {
  eventId: string;
  streamId: string;
  /** Its place in its stream, from 0. */
  revision: number;
  /** Its place in the whole store. */
  position: bigint;
  /** When the server appended it, RFC 3339 UTC. */
  recordedAt: string;
  metadata: EventMetadata;
  /** The data as they stand in the log, where something in them is sealed. */
  sealed?: object;
};
