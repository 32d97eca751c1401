import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { declaredRoutes } from '../declared-routes.js';
import { rolesPage } from './roles-table.js';

const routes = declaredRoutes();

describe('the routes of the API', () => {
  it('name the roles that may use them, unless they are public', () => {
    const closed = routes.filter(({ isPublic, operation }) => !isPublic && !operation?.roles.length);
    expect(routes.length).toBeGreaterThan(10);
    expect(closed.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it('are public only where they tell of no customer', () => {
    const open = routes.filter(({ isPublic }) => isPublic).map(({ path }) => path);
    expect(open.filter((path) => !/^\/(health|openapi\.json|explorer)\b/.test(path))).toEqual([]);
  });

  it('stand in docs/roles.md as they are (`npm run docs:roles` writes it)', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/roles.md'), 'utf8');
    expect(page).toBe(rolesPage(routes));
  });
});
