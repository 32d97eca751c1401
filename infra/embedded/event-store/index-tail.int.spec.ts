import { rmSync } from 'node:fs';
import { jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { exited, startChild } from './harness.js';
import { Log } from './log.js';
import { verify } from './verify.js';

describe('the index entries that are in memory only', () => {
  it('are found again after kill -9: names, ids and what was written since the last merge', async () => {
    const first = await startChild();
    const sent = Array.from({ length: 200 }, (_, n) => jsonEvent({ type: 'Happened', data: { n } }));
    const append = (n: number) => first.client.appendToStream(`stream-${n}`, sent[n]!);
    const originals = await Promise.all(sent.map((_, n) => append(n)));
    first.child.kill('SIGKILL');
    await exited(first.child);
    await first.stop({ keep: true }).catch(() => {});

    const log = await Log.open(first.data, { readOnly: true });
    expect(log.counters().indexed).toEqual({ names: 0, ids: 0 });
    await log.close();
    expect(await verify(first.data)).toMatchObject({ events: 200, streams: 200 });

    const second = await startChild(first.data);
    for (const [n, event] of sent.entries()) {
      expect(await second.client.appendToStream(`stream-${n}`, event)).toEqual(originals[n]);
      if (n % 50 === 0)
        await expect(
          second.client.appendToStream(`stream-${n}`, jsonEvent({ type: 'Other', data: {} }), {
            expectedRevision: NO_STREAM,
          }),
        ).rejects.toMatchObject({ type: 'wrong-expected-version' });
    }
    await second.stop();
  });

  it('go into the buckets 32,768 at a time, where all are found', async () => {
    const server = await startChild();
    const count = 33_000;
    const batches = Array.from({ length: count / 500 }, (_, batch) =>
      Array.from({ length: 500 }, (_, n) => jsonEvent({ type: 'Happened', data: { n: batch * 500 + n } })),
    );
    const originals = [];
    for (const [n, batch] of batches.entries())
      originals.push(await server.client.appendToStream(`stream-${n % 7}`, batch));
    for (const [n, batch] of batches.entries())
      expect(await server.client.appendToStream(`stream-${n % 7}`, batch)).toEqual(originals[n]);
    server.child.kill('SIGKILL');
    await exited(server.child);
    const log = await Log.open(server.data, { readOnly: true });
    expect(log.counters().indexed.ids).toBeGreaterThanOrEqual(32_768);
    await log.close();
    expect(await verify(server.data)).toMatchObject({ events: count, streams: 7 });
    await server.stop({ keep: true }).catch(() => {});
    rmSync(server.data, { recursive: true });
  });
});
