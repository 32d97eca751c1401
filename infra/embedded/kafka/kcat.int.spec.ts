import { spawn, spawnSync } from 'node:child_process';
import { TestBroker } from './spec-support.js';

const isMissing = spawnSync('kcat', ['-V']).error !== undefined;
if (isMissing && process.env.CI) throw new Error('kcat is missing: install the Debian package kcat.');
if (isMissing) process.stderr.write('Skipped: kcat (librdkafka) is not installed; the Debian package has its name.\n');

(isMissing ? describe.skip : describe)('librdkafka’s kcat', () => {
  const broker = new TestBroker();

  beforeAll(async () => {
    await broker.start();
  });
  afterAll(() => broker.remove());

  const kcat = (args: string[], input = '') =>
    new Promise<string>((resolve, reject) => {
      const child = spawn('kcat', ['-b', `127.0.0.1:${broker.port}`, ...args]);
      let output = '';
      let errors = '';
      child.stdout.on('data', (chunk) => {
        output += chunk;
      });
      child.stderr.on('data', (chunk) => {
        errors += chunk;
      });
      child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(errors))));
      child.stdin.end(input);
    });

  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
    'produces and consumes with read_committed (%s)',
    async (codec) => {
      const lines = Array.from({ length: 200 }, (_, i) => `key-${i % 7}:value ${i}\n`).join('');
      await kcat(['-P', '-t', codec, '-z', codec, '-K:', '-X', 'enable.idempotence=true'], lines);
      const read = ['-C', '-t', codec, '-K:', '-e', '-q', '-X', 'isolation.level=read_committed'];
      expect(await kcat(read)).toBe(lines);
    },
  );

  it('sees of a kafkajs transaction only what was committed', async () => {
    const producer = broker.kafka().producer({ transactionalId: 't', idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (const value of ['committed', 'aborted', 'committed too']) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: 'mixed', messages: [{ value }] });
      await (value === 'aborted' ? transaction.abort() : transaction.commit());
    }
    await producer.disconnect();
    const read = (level: string) => kcat(['-C', '-t', 'mixed', '-e', '-q', '-X', `isolation.level=${level}`]);
    expect(await read('read_committed')).toBe('committed\ncommitted too\n');
    expect(await read('read_uncommitted')).toBe('committed\naborted\ncommitted too\n');
  });

  it('consumes in a group and goes on where it was', async () => {
    await kcat(['-P', '-t', 'grouped'], '1\n2\n3\n');
    const read = (count: number) =>
      kcat(['-G', 'kcat', '-c', String(count), '-q', '-X', 'auto.offset.reset=earliest', 'grouped']);
    expect(await read(2)).toBe('1\n2\n');
    expect(await read(1)).toBe('3\n');
  });

  it('lists the topics', async () => {
    expect(await kcat(['-L'])).toContain('topic "grouped" with 1 partitions');
  });
});
