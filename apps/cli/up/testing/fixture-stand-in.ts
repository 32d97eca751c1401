import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { runFixture } from './fixture-child.js';

const { values } = parseArgs({ options: { data: { type: 'string' }, port: { type: 'string' } } });
runFixture(basename(values.data!), Number(values.port), 50);
