import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { controllers } from '#apps/api/controllers.js';
import type { OperationInfo } from '#apps/api/http/operation.js';
import { routesOf } from '#apps/api/openapi/routes.js';
import { InvalidFields, parse } from '#contracts/validation.js';
import { documents } from './documents.js';

const ROOT = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const generated = documents(ROOT, version);

describe('the generated documents', () => {
  it.each(Object.keys(generated))('%s says what the code says; else run `npm run docs`', (path) => {
    // Thousands of lines apart tell nobody anything.
    expect(readFileSync(join(ROOT, path), 'utf8') === generated[path]).toBe(true);
  });

  it('describe the API by a valid OpenAPI 3.1 document', async () => {
    const validator = new Validator();
    const result = await validator.validate(JSON.parse(generated['docs/openapi.json']!));
    expect(result).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('leave no route out', () => {
    expect(routesOf(controllers).filter(({ operation }) => operation === undefined)).toEqual([]);
  });

  it('show every body by an example that the declaration takes', () => {
    for (const { operation, path } of routesOf(controllers)) {
      if (operation?.body === undefined) continue;
      expect({ path, example: operation.example }).toEqual({ path, example: expect.any(Object) });
      expect({ path, broken: brokenFields(operation) }).toEqual({ path, broken: [] });
    }
  });
});

/** What the declared class has to say against the example; what the path gives is not asked for. */
function brokenFields({ body, example, fromPath = [] }: OperationInfo): string[] {
  try {
    parse(body!, example);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidFields)) throw error;
    return error.fields
      .map(({ message }) => message)
      .filter((told) => !fromPath.some((field) => told.startsWith(field)));
  }
}
