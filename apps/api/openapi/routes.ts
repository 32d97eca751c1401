import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { PUBLIC } from '../auth/auth.guard.js';
import { OPERATION, type OperationInfo } from '../http/operation.js';

/** One route of a controller. */
export interface Route {
  method: string;
  /** As Nest has it: `/customers/:id/360`. */
  path: string;
  /** Of the controller's class, without `Controller`: routes are grouped by it. */
  group: string;
  /** Of the method: `acquire`. */
  name: string;
  /** It answers without a credential. */
  isPublic: boolean;
  /** Left out where the method has no `@Operation`. */
  operation?: OperationInfo;
}

/** Every route of the controllers, in their order. */
export function routesOf(controllers: readonly Type[]): Route[] {
  return controllers.flatMap((controller) => {
    const base: string = Reflect.getMetadata(PATH_METADATA, controller) ?? '';
    const isPublic = Reflect.getMetadata(PUBLIC, controller) === true;
    const prototype = controller.prototype as Record<string, unknown>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      if (typeof handler !== 'function') return [];
      const method: RequestMethod | undefined = Reflect.getMetadata(METHOD_METADATA, handler);
      if (method === undefined) return [];
      const own: string = Reflect.getMetadata(PATH_METADATA, handler);
      const path = `/${[base, own]
        .flatMap((part) => part.split('/'))
        .filter(Boolean)
        .join('/')}`;
      const operation: OperationInfo | undefined = Reflect.getMetadata(OPERATION, handler);
      const group = controller.name.replace(/Controller$/, '');
      return [
        { method: RequestMethod[method].toLowerCase(), path, group, name, isPublic, ...(operation && { operation }) },
      ];
    });
  });
}
