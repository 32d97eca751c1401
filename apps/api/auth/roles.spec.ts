import { declaredRoutes } from '../declared-routes.js';

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
});
