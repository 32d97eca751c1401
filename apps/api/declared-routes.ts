import type { Type } from '@nestjs/common';
import { ApiModule, type ApiParts } from './api.module.js';
import { type Route, routesOf } from './http/routes.js';

/** Every route of the API, read off its controllers without starting anything. */
export function declaredRoutes(): Route[] {
  return routesOf(ApiModule.with({} as ApiParts).controllers as Type[]);
}
