import { controllers, documentControllers } from './controllers.js';
import { type Route, routesOf } from './openapi/routes.js';

/** Every route of the API, read off its controllers without starting anything. */
export function declaredRoutes(): Route[] {
  return routesOf([...controllers, ...documentControllers]);
}
