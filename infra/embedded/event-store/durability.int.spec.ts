import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';

import { event, exited, failingStart, startChild, startHere } from './harness.js';
import { verify } from './verify.js';

describe('durability', () => {
  it('has every acknowledged event after kill -9 in the middle of concurrent appends', async () => {
    const first = await startChild();
    const acknowledged: [stream: string, revision: bigint, id: string][] = [];
    const writer = async (stream: string) => {
      for (;;) {
        const sent = event();
        const { nextExpectedRevision } = await first.client.appendToStream(stream, sent);
        acknowledged.push([stream, nextExpectedRevision, sent.id]);
        if (acknowledged.length === 500) first.child.kill('SIGKILL');
      }
    };
    const writers = Array.from({ length: 32 }, (_, n) => writer(`stream-${n % 8}`));
    await Promise.allSettled(writers);
    await exited(first.child);
    await first.stop({ keep: true }).catch(() => {});

    const { events } = await verify(first.data);
    expect(events).toBeGreaterThanOrEqual(acknowledged.length);
    const second = await startChild(first.data);
    const stored = new Map<string, string>();
    for await (const { event } of second.client.readAll())
      stored.set(`${event?.streamId}/${event?.revision}`, event!.id);
    for (const [stream, revision, id] of acknowledged) expect(stored.get(`${stream}/${revision}`)).toBe(id);
    for (let n = 0; n < 8; n++) {
      let next = 0n;
      for await (const { event } of second.client.readStream(`stream-${n}`)) expect(event?.revision).toBe(next++);
    }
    await second.stop();
  });

  it('does not write again what was acknowledged before a restart', async () => {
    const first = await startHere();
    const sent = [event(), event()];
    const original = await first.client.appendToStream('s', sent);
    await first.stop({ keep: true });
    const second = await startHere(first.data);
    expect(await second.client.appendToStream('s', sent)).toEqual(original);
    await second.stop();
  });
});

describe('starting', () => {
  it('refuses a data folder that another server has, and says which process it is', async () => {
    const first = await startChild();
    const { code, errors } = await failingStart(first.data);
    expect(code).toBe(1);
    expect(errors).toContain(`is in use by process ${first.child.pid}`);
    await first.client.appendToStream('s', event());
    await first.stop();
  });

  it('refuses a port that is taken', async () => {
    const first = await startChild();
    const other = `${first.data}-other`;
    const { code, errors } = await failingStart(other, first.port);
    expect(code).toBe(1);
    expect(errors).toContain(`cannot listen on 127.0.0.1:${first.port}`);
    rmSync(other, { recursive: true });
    await first.stop();
  });

  it('stops when the process that started it is gone', async () => {
    const server = await startChild();
    server.child.stdin?.end();
    expect(await exited(server.child)).toBe(0);
    await server.stop();
  });
});

describe('memory', () => {
  it('does not grow with the log', async () => {
    const server = await startChild();
    // Pages of the mapped data file come and go with the page cache; only the process's own memory counts.
    const anonymous = () =>
      Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))![1]);
    const write = async (megabytes: number) => {
      for (let n = 0; n < megabytes; n++)
        await server.client.appendToStream(
          randomUUID(),
          Array.from({ length: 100 }, () => event(10_000)),
        );
      let read = 0;
      for await (const _ of server.client.readAll()) read++;
      return read;
    };
    await write(10);
    const before = anonymous();
    expect(await write(30)).toBe(4000);
    expect(anonymous() - before).toBeLessThan(25_000);
    await server.stop();
  });
});
