import { readFileSync } from 'node:fs';
import { REMOVE_OLD_VERSIONS } from './old-versions.js';

const inOneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

describe('the statements that remove old versions of rows', () => {
  it('are those that docs/operations.md gives an administrator', () => {
    const [, documented] = /```sql\n(select format[^`]*)```/.exec(readFileSync('docs/operations.md', 'utf8'))!;
    const run = REMOVE_OLD_VERSIONS.map(({ sql, generated }) => `${inOneLine(sql)}${generated ? ' \\gexec' : ';'}`);
    expect(inOneLine(documented!)).toBe(run.join(' '));
  });
});
