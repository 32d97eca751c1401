import { createServer, type Server } from 'node:net';
import { CliError } from '../exit.js';
import { isFree, Ports } from './ports.js';

describe('the choice of a port', () => {
  const servers: Server[] = [];

  /** Somebody else's server; the port that it got. */
  const listen = (host?: string) =>
    new Promise<number>((resolve) => {
      const server = createServer();
      servers.push(server);
      server.listen({ port: 0, host }, () => resolve((server.address() as { port: number }).port));
    });

  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });

  const wish = (defaultPort: number, given?: number) => ({
    name: 'Kafka broker',
    option: '--kafka-port',
    default: defaultPort,
    given,
  });

  it('takes the next free port above a default that is taken, and says that it moved', async () => {
    const taken = await listen('127.0.0.1');
    const choice = await new Ports().choose(wish(taken));
    expect(choice.moved).toBe(true);
    expect(choice.port).toBeGreaterThan(taken);
    expect(await isFree(choice.port, '127.0.0.1')).toBe(true);
  });

  it('takes a port as taken when somebody listens there on every address', async () => {
    expect(await isFree(await listen(), '127.0.0.1')).toBe(false);
  });

  it('leaves out a port that another system has chosen and does not listen on yet', async () => {
    const free = await listen('127.0.0.1');
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    expect((await new Ports().choose(wish(free))).port).toBe(free);
    expect((await new Ports().choose(wish(free))).port).toBeGreaterThan(free);
    expect((await new Ports().choose(wish(free, free))).port).toBe(free);
  });

  it('never gives the same port twice', async () => {
    const ports = new Ports();
    const first = await ports.choose(wish(23_300));
    const second = await ports.choose(wish(23_300));
    expect(second.port).toBeGreaterThan(first.port);
  });

  it('refuses a port that was asked for and is taken, naming port, server and option', async () => {
    const taken = await listen('127.0.0.1');
    const choice = new Ports().choose(wish(9092, taken));
    await expect(choice).rejects.toThrow(CliError);
    await expect(choice).rejects.toThrow(`Port ${taken} for the Kafka broker (--kafka-port) is taken.`);
  });

  it('refuses a port that another server of the same run was given', async () => {
    const ports = new Ports();
    const { port } = await ports.choose(wish(23_300));
    await expect(ports.choose(wish(9092, port))).rejects.toThrow(`Port ${port} for the Kafka broker`);
  });

  it('takes 0 for any port', async () => {
    expect((await new Ports().choose(wish(23_300, 0))).port).toBeGreaterThanOrEqual(23_300);
  });

  it('names an address to listen on that this machine does not have', async () => {
    await expect(new Ports().choose(wish(23_300), '203.0.113.7')).rejects.toThrow(/RAPPORT_HOST is "203\.0\.113\.7"/);
  });
});
