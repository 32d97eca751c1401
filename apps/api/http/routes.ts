import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { PUBLIC } from '../auth/auth.guard.js';
import { OPERATION, type OperationInfo } from './operation.js';

/** One route, as its decorators declare it. */
export interface Route {
  method: string;
  /** As `/customers/:id/360`. */
  path: string;
  isPublic: boolean;
  /** Left out of a route that nobody may use. */
  operation?: OperationInfo;
}

/** The routes of controllers, in the order in which they are declared. */
export function routesOf(controllers: readonly Type[]): Route[] {
  return controllers.flatMap((controller) => {
    const prefixes = pathsOf(controller);
    const prototype = controller.prototype as Record<string, object>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const handler = prototype[name]!;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const isPublic = [handler, controller].some((target) => Reflect.getMetadata(PUBLIC, target) === true);
      const operation = Reflect.getMetadata(OPERATION, handler) as OperationInfo | undefined;
      return prefixes.flatMap((prefix) =>
        pathsOf(handler).map((path) => ({
          method: RequestMethod[method],
          path: joined(prefix, path),
          isPublic,
          ...(operation && { operation }),
        })),
      );
    });
  });
}

function pathsOf(target: object): string[] {
  return [Reflect.getMetadata(PATH_METADATA, target) as string | string[]].flat();
}

function joined(...parts: string[]): string {
  return `/${parts.flatMap((part) => part.split('/').filter((name) => name !== '')).join('/')}`;
}
