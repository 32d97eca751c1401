import { parentPort, workerData } from 'node:worker_threads';
import { PostgresPersonKeys } from '#event-store/person-keys.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { createPool } from '#platform/database/pool.js';
import { answerFolds } from '#processing/rebuild/fold-thread.js';
import { FOLD_SIZE } from '#processing/rebuild/rebuild.js';
import { ViewFolder } from '#processing/rebuild/view-folder.js';
import { projections } from '#read-models/projections.js';
import type { FoldThreadData } from './start-fold-thread.js';

// The program of a thread of `rapport projections rebuild`.

const { views, databaseUrl, masterKey } = workerData as FoldThreadData;
const pool = createPool(databaseUrl);
const cipher = new PersonalDataCipher(new PostgresPersonKeys(pool, Buffer.from(masterKey)));
const folded = views.map((view) => projections.find(({ name, version }) => `${name}@${version}` === view)!);
const folder = new ViewFolder(folded, { databaseUrl, size: FOLD_SIZE, open: (events) => cipher.open(events) });
parentPort!.once('close', () => pool.end());
answerFolds(parentPort!, folder);
