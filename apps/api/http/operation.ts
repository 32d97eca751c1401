import { SetMetadata } from '@nestjs/common';
import type { ApiRole } from '../auth/roles.js';

/** A JSON Schema of draft 2020-12, which OpenAPI 3.1 takes as it is. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a route is for: who may use it, and what the OpenAPI document says of it. */
export interface OperationInfo {
  summary: string;
  roles: readonly ApiRole[];
  /** The class that declares the body; `occurredAt` and `reason` may be there besides. */
  body?: new () => object;
  /** Fields of that class that the path gives, so that the body must not. */
  fromPath?: readonly string[];
  /** The class that declares the query's parameters. */
  query?: new () => object;
  /** It makes a resource: 201 with `Location`. */
  creates?: boolean;
  /** What it answers; left out for a command, which answers id, revision and position. */
  answer?: JsonSchema;
  /** A body as an example. */
  example?: object;
}

export const OPERATION = 'rapport:operation';

/** Every route has one: a route without is closed to everybody. */
export const Operation = (info: OperationInfo): MethodDecorator => SetMetadata(OPERATION, info);
