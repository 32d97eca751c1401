import { itOn, smallDisk } from '#testing/small-disk.js';
import { event, exited, type RunningChild, startChild, temporaryFolder } from './harness.js';

const disk = smallDisk(temporaryFolder());

afterAll(() => disk.remove());

itOn(disk)('on a full disk it stops and says so; what was acknowledged is there when there is room', async () => {
  const acknowledged: string[] = [];
  const append = async ({ client }: RunningChild) => {
    const sent = event(50_000);
    await client.appendToStream('s', sent);
    acknowledged.push(sent.id);
  };
  const full = await startChild(disk.folder);
  const untilFull = async () => {
    for (;;) await append(full);
  };
  await expect(untilFull()).rejects.toThrow();
  expect(await exited(full.child)).toBe(1);
  expect(full.errors()).toContain('writing to the disk failed. Is it full?');
  await full.stop({ keep: true }).catch(() => {});

  disk.grow();
  const again = await startChild(disk.folder);
  await append(again);
  const stored: string[] = [];
  for await (const { event } of again.client.readStream('s')) stored.push(event!.id);
  expect(acknowledged.length).toBeGreaterThan(10);
  // One more may have reached the disk: the answer was never sent.
  expect(stored.filter((id) => acknowledged.includes(id))).toEqual(acknowledged);
  expect(stored.length - acknowledged.length).toBeLessThanOrEqual(1);
  await again.stop({ keep: true });
});
