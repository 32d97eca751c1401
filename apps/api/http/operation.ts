import { SetMetadata } from '@nestjs/common';
import type { JsonSchema } from '#contracts/fields.js';
import type { ApiRole } from '../auth/roles.js';

/** What a route is for: who may use it, and what the OpenAPI document says of it. */
export interface OperationInfo {
  summary: string;
  roles: readonly ApiRole[];
  /** The class that declares the body; `occurredAt` and `reason` may be there besides. */
  body?: new () => object;
  /** Fields of that class that the path gives, so that the body must not. */
  fromPath?: readonly string[];
  /** What the path's parameters are, besides `id` (an address) and ids of things inside (a UUID). */
  params?: Readonly<Record<string, JsonSchema>>;
  /** The class that declares the query's parameters. */
  query?: new () => object;
  /** It makes a resource: 201 with `Location`. */
  creates?: boolean;
  /** A query that answers with the revision in `ETag`, as every command does. */
  tellsRevision?: true;
  /** What it answers, a JSON Schema of draft 2020-12, which OpenAPI 3.1 takes as it is; left out for a command, which answers id, revision and position. */
  answer?: JsonSchema;
  /** An answer as an example; left out: the first of the schema's own `examples`. */
  answerExample?: object;
  /** Answers that differ from what every operation gives, by status. */
  responses?: Readonly<Record<number, object>>;
  /** A body as an example. */
  example?: object;
}

export const OPERATION = 'rapport:operation';

/** Every route has one: a route without is closed to everybody. */
export const Operation = (info: OperationInfo): MethodDecorator => SetMetadata(OPERATION, info);
