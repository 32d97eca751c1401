import { controllers } from '#apps/api/controllers.js';
import { openApiDocument } from '#apps/api/openapi/document.js';
import { eventsPage } from './events-page.js';

/** Every generated document by its path: what code says is not written a second time by hand. */
export function documents(version: string): Record<string, string> {
  return {
    'docs/events.md': eventsPage(),
    'docs/openapi.json': `${JSON.stringify(openApiDocument(controllers, version), null, 2)}\n`,
  };
}
