// Follows docs/guides/add-a-read-model.md in this tree, word for word: its files in one new folder, its line in the list.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'libs/read-models/complaint-count';
const LIST = 'libs/read-models/projections.ts';
const FILES = ['complaint-count.table.ts', 'complaint-count.projection.ts', 'complaint-count.spec.ts'];
const IMPORT = "import { complaintCount } from './complaint-count/complaint-count.projection.js';\n";

const guide = readFileSync('docs/guides/add-a-read-model.md', 'utf8');
const blocks = [...guide.matchAll(/^ {3}```ts\n(.*?)^ {3}```$/gms)].map(([, code]) => code.replaceAll(/^ {3}/gm, ''));
if (blocks.length !== FILES.length) throw new Error(`The guide has ${blocks.length} files, not ${FILES.length}.`);
mkdirSync(FOLDER);
for (const [index, file] of FILES.entries()) writeFileSync(join(FOLDER, file), blocks[index]);

const list = readFileSync(LIST, 'utf8');
const lines = list.replace(/^(import .*customer360.*\n)/m, `${IMPORT}$1`).replace('= [\n', '= [\n  complaintCount,\n');
if (lines.length !== list.length + IMPORT.length + '  complaintCount,\n'.length)
  throw new Error(`${LIST} has another form.`);
writeFileSync(LIST, lines);
