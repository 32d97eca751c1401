import { readFileSync, writeFileSync } from 'node:fs';
import { documents } from './documents.js';

// Writes the generated documents, from the root of the repository: `npm run docs`.
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
for (const [path, text] of Object.entries(documents(version))) writeFileSync(path, text);
