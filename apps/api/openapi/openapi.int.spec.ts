import { RunningSystem } from '../testing/running-system.js';

let system: RunningSystem;
beforeAll(async () => {
  system = await RunningSystem.start();
});
afterAll(() => system?.stop());

describe('the contract of the API', () => {
  it('is served to everybody', async () => {
    const { status, body } = await system.http.send<{ openapi: string; paths: object }>(
      'GET',
      '/openapi.json',
      undefined,
      {},
    );
    expect(status).toBe(200);
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/customers/{id}/360', '/health/ready']));
  });

  it('can be tried out on a page that fetches nothing from elsewhere', async () => {
    const page = await system.http.send('GET', '/explorer', undefined, {});
    expect(page.headers['content-type']).toMatch('text/html');
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
    expect(sources).toEqual(['explorer/swagger-ui.css', 'explorer/swagger-ui-bundle.js']);
    for (const source of sources) {
      expect((await system.http.send('GET', `/${source}`, undefined, {})).status).toBe(200);
    }
    expect((await system.http.send('GET', '/explorer/..%2Fpackage.json', undefined, {})).status).toBe(404);
  });
});
