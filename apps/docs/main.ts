import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PublishedFields } from '#contracts/published-fields.js';
import { readSettings, SettingsError } from '#platform/settings.js';
import { contractBreaks } from './contract-breaks.js';
import { documents } from './documents.js';
import { contractFiles, declaredSchemas, releasedSchemas } from './published-contract.js';

// From the root of the repository:
//   npm run docs                      writes the generated documents. The contract only ever gains by it: where the code
//                                     breaks what is released, nothing is written
//   npm run docs -- --contract DIR    writes the contract of this installation, as RAPPORT_PUBLISH_PERSONAL has it
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const [option, folder] = process.argv.slice(2);

function write(root: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function fail(lines: string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = 1;
}

function writeContract(into: string): void {
  try {
    const published = readSettings(process.env).publishPersonal ?? PublishedFields.none;
    write(into, contractFiles(releasedSchemas('.'), published, version));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    fail([error.message]);
  }
}

function writeDocuments(): void {
  const broken = contractBreaks(releasedSchemas('.'), declaredSchemas(PublishedFields.none));
  if (broken.length > 0) fail([...broken, 'Nothing was written.']);
  else write('.', documents('.', version));
}

if (option === undefined) writeDocuments();
else if (option === '--contract' && folder !== undefined) writeContract(folder);
else fail(['usage: npm run docs [-- --contract DIR]']);
