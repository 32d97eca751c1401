import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIST } from '#testing/built.js';
import { recorded } from '#testing/recorded.js';
import { bundle } from './bundle.js';
import { type Limits, ProjectionProcess } from './projection-process.js';

const PROGRAM = join(DIST, 'apps/cli/replay/sandbox/main.js');
const EVENTS = Array.from({ length: 3 }, (_, at) => recorded({ position: BigInt(at) }));

describe("a projection's process", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rapport-projection-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What a file comes to. */
  async function rowsOf(text: string, limits: Partial<Limits> = {}): Promise<object[]> {
    const file = join(folder, 'file.ts');
    writeFileSync(file, text);
    const running = new ProjectionProcess(await bundle(file), { seconds: 60, mebibytes: 256, ...limits }, PROGRAM);
    try {
      await running.load();
      await running.take(EVENTS);
      const rows: object[] = [];
      for await (const row of running.rows()) rows.push(row);
      return rows;
    } finally {
      await running.close();
    }
  }

  const finishing = (finish: string, evolve = '({ events: (row?.events ?? 0) + 1 })') => `
import type { Projection } from 'rapport/replay';
export default {
  name: 'counting',
  key: () => 'all',
  evolve: (row, event) => ${evolve},
  finish: (rows) => ${finish},
} satisfies Projection<{ events: number }, object>;
const anything = globalThis as any;
function attempt(work: () => unknown): string {
  try {
    return String(work());
  } catch (error: any) {
    return String(error.code);
  }
}
`;

  it('folds the events that it is given, and gives rows', async () => {
    expect(await rowsOf(finishing('rows'))).toEqual([{ events: 3 }]);
  });

  it('is stopped at its time limit, by name', async () => {
    const looping = rowsOf(finishing('{ for (;;); }'), { seconds: 2 });
    await expect(looping).rejects.toMatchObject({
      message: 'The projection was stopped: it ran for longer than its time limit of 2 s (--time-limit).',
      exitCode: 4,
      details: ['3 events had been handed over, up to LoyaltyEnrolled at position 2.'],
    });
  });

  it.each([
    ['its heap', 'const all: string[] = []; for (let at = 0; ; at++) all.push("x".repeat(1000) + at);'],
    ['buffers', 'const all: Uint8Array[] = []; for (;;) all.push(new Uint8Array(1 << 24).fill(1));'],
  ])('is stopped at its memory limit, by name: %s', async (_, hog) => {
    await expect(rowsOf(finishing(`{ ${hog} }`), { mebibytes: 64 })).rejects.toMatchObject({
      message: 'The projection was stopped: it took more than its memory limit of 64 MiB (--memory-limit).',
      exitCode: 4,
    });
  });

  it('has no environment, no files, no network and no process of its own', async () => {
    process.env.RAPPORT_MASTER_KEY = 'secret';
    try {
      const [row] = await rowsOf(
        finishing(`[{
          environment: anything.process.env,
          fetch: typeof anything.fetch,
          opened: attempt(() => anything.process.getBuiltinModule('node:fs').readFileSync('/etc/passwd')),
          started: attempt(() => anything.process.getBuiltinModule('node:child_process').execSync('true')),
        }]`),
      );
      expect(row).toEqual({
        environment: { TZ: 'UTC' },
        fetch: 'undefined',
        opened: 'ERR_ACCESS_DENIED',
        started: 'ERR_ACCESS_DENIED',
      });
    } finally {
      delete process.env.RAPPORT_MASTER_KEY;
    }
  });

  it('tells an error with the lines of the file, and the event', async () => {
    const failing = rowsOf(`${finishing('rows', 'lengthOf(event.data as any)')}
function lengthOf(data: { nothing: string }): { events: number } {
  return { events: data.nothing.length };
}`);
    await expect(failing).rejects.toMatchObject({
      message: expect.stringMatching(
        new RegExp(
          `^${folder}/file\\.ts:19:\\d+: evolve failed for LoyaltyEnrolled at position 0 \\(event ${EVENTS[0]!.eventId}\\): TypeError: `,
        ),
      ),
      exitCode: 1,
      details: [expect.stringMatching(/^at lengthOf /), expect.stringMatching(/^at .*evolve \(.*file\.ts:6:/)],
    });
  });

  it.each([
    ['a clock', '[{ at: Date.now() }]', 'A projection has no clock'],
    ['another clock', '[{ at: new Date() }]', 'A projection has no clock'],
    ['chance', '[{ at: Math.random() }]', 'A projection has no randomness'],
    ['a field without a value', '[{ share: 0 / 0 }]', 'The field share of a row is NaN'],
  ])('refuses %s', async (_, finish, message) => {
    await expect(rowsOf(finishing(finish))).rejects.toMatchObject({
      message: expect.stringContaining(message),
      exitCode: 1,
    });
  });

  it('keeps its dates, when they come from events', async () => {
    const finish = '[{ at: new Date("2026-01-31T00:00:00Z"), isDate: new Date(0) instanceof Date }]';
    expect(await rowsOf(finishing(finish))).toEqual([{ at: '2026-01-31T00:00:00.000Z', isDate: true }]);
  });

  it.each([
    [
      "import { readFileSync } from 'node:fs';\nexport default { name: readFileSync('x') };",
      /file\.ts:1:\d+: A projection may not use the module node:fs/,
    ],
    ['export default {{', /file\.ts:1:\d+: /],
    ['export const projection = {};', /has no default export/],
    ["export default { name: 'x', key: () => 'x' };", /has no function evolve/],
    ["throw new Error('At once.');", /file\.ts:1:\d+: The file cannot be used: Error: At once\./],
  ])('is not begun with a file that holds no projection: %j', async (text, message) => {
    await expect(rowsOf(text)).rejects.toMatchObject({ message: expect.stringMatching(message), exitCode: 2 });
  });
});
