import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** What stands in the brackets of the expression, wherever it is found. */
function found(text: string, expression: RegExp): string[] {
  return [...text.matchAll(expression)].map(([, name]) => name!).sort();
}

it('docs/operations.md lists every variable that is read, and no other', () => {
  const operations = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const section = operations.split(/^## /m).find((text) => text.startsWith('Settings\n'))!;
  const listed = found(section, /^\| `([A-Z_]+)`/gm);
  const sources = ['settings.ts', 'kafka-settings.ts'].map((name) =>
    readFileSync(join(root, 'libs/platform', name), 'utf8'),
  );
  const read = found(sources.join('\n'), /\bread\(env, '([A-Z_]+)'/g);
  expect(read.length).toBeGreaterThan(0);
  expect(listed).toEqual(read);
});
