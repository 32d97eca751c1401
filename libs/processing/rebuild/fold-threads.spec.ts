import { Worker } from 'node:worker_threads';
import { FoldThreads } from './fold-threads.js';
import { NotRebuilt } from './not-rebuilt.js';
import type { FoldTask } from './view-folder.js';

/** A thread whose answers are made of how many bytes it was asked to fold. */
const PROGRAM = `
  const { parentPort } = require('node:worker_threads');
  const event = (bytes) => ({ position: BigInt(bytes), eventId: String(bytes) });
  const folded = [0, 1].map(() => ({ rows: 0, poisoned: [], refused: new Map() }));
  parentPort.on('message', (request) => {
    if (request === 'finish') return parentPort.postMessage({ folded });
    const { view, partitions: [{ bytes }] } = request;
    if (bytes === 13) return parentPort.postMessage({ failed: { name: 'Foreign', message: 'no event', code: 'E13' } });
    if (bytes === 14) return parentPort.postMessage({ failed: { name: 'NotRebuilt', message: 'too many' } });
    if (bytes === 99) process.exit(3);
    folded[view].rows += 1;
    if (bytes > 50) folded[view].poisoned.push({ key: String(bytes), events: [event(bytes)], error: 'poisoned' });
    if (bytes < 10) folded[view].refused.set(String(bytes), 'refused');
    parentPort.postMessage({});
  });`;

const task = (view: number, bytes: number): FoldTask => {
  return { view, partitions: [{ bytes, file: undefined, extents: [], rest: new Uint8Array() }] };
};

let threads: FoldThreads;

beforeEach(() => {
  threads = new FoldThreads([1, 2, 3].map(() => new Worker(PROGRAM, { eval: true })));
});

afterEach(() => threads.close());

describe('threads that fold', () => {
  it('take each task once, and tell together what came of all of them', async () => {
    const sizes = Array.from({ length: 60 }, (_, bytes) => bytes).filter((bytes) => bytes !== 13 && bytes !== 14);
    await threads.fold(sizes.map((bytes) => task(bytes % 2, bytes)));
    const [even, odd] = await threads.finish();
    expect([even!.rows, odd!.rows]).toEqual([29, 29]);
    expect(even!.poisoned.map(({ key }) => key).sort()).toEqual(['52', '54', '56', '58']);
    expect([...odd!.refused.keys()].sort()).toEqual(['1', '3', '5', '7', '9']);
  });

  it('tell what failed in one of them, by its name and its code', async () => {
    const failed = threads.fold([task(0, 20), task(0, 13), task(0, 30)]);
    await expect(failed).rejects.toMatchObject({ name: 'Foreign', message: 'no event', code: 'E13' });
  });

  it('tell of what a user can act on as what it is', async () => {
    const failed = threads.fold([task(0, 14)]);
    await expect(failed).rejects.toThrow(NotRebuilt);
    await expect(failed).rejects.toThrow('too many');
  });

  it('say so when one of them ends before its work', async () => {
    await expect(threads.fold([task(0, 99)])).rejects.toThrow('A thread of the rebuild ended with code 3.');
  });

  it('say so when one of them could not begin', async () => {
    const thread = new Worker('throw new Error("no program")', { eval: true });
    const broken = new FoldThreads([thread]);
    await new Promise((resolve) => thread.once('exit', resolve));
    await expect(broken.fold([task(0, 20)])).rejects.toThrow('no program');
    await broken.close();
  });
});
