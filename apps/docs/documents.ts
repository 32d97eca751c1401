import { rolesPage } from '#apps/api/auth/roles-table.js';
import { controllers } from '#apps/api/controllers.js';
import { openApiDocument } from '#apps/api/openapi/document.js';
import { routesOf } from '#apps/api/openapi/routes.js';
import { eventsPage } from './events-page.js';
import { metricsPage } from './metrics-page.js';

/** Every generated document by its path: what code says is not written a second time by hand. */
export function documents(version: string): Record<string, string> {
  return {
    'docs/events.md': eventsPage(),
    'docs/metrics.md': metricsPage(),
    'docs/roles.md': rolesPage(routesOf(controllers)),
    'docs/openapi.json': `${JSON.stringify(openApiDocument(controllers, version), null, 2)}\n`,
  };
}
