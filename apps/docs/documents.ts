import { rolesPage } from '#apps/api/auth/roles-table.js';
import { controllers } from '#apps/api/controllers.js';
import { openApiDocument } from '#apps/api/openapi/document.js';
import { routesOf } from '#apps/api/openapi/routes.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { eventsPage } from './events-page.js';
import { contractFiles, jsonText, releasedSchemas } from './published-contract.js';

/**
 * Every generated document by its path: what code says is not written a second time by hand.
 * @param root of the repository: the contract tells the versions that were released before too.
 */
export function documents(root: string, version: string): Record<string, string> {
  const contract = contractFiles(releasedSchemas(root), PublishedFields.none, version);
  return {
    'docs/events.md': eventsPage(),
    'docs/roles.md': rolesPage(routesOf(controllers)),
    'docs/openapi.json': jsonText(openApiDocument(controllers, version)),
    ...Object.fromEntries(Object.entries(contract).map(([path, text]) => [`docs/${path}`, text])),
  };
}
