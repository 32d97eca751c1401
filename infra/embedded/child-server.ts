import { parseArgs } from 'node:util';

export interface ChildServer {
  /** The TCP port that it listens on, on 127.0.0.1. */
  port: number;
  /** What else the ready line says, such as a URL to connect by. */
  announce?: Record<string, string>;
  /** Stops taking requests, ends what is open, flushes and closes the store. */
  close(): Promise<void>;
}

/**
 * Runs one stand-in as a process of its own. Every stand-in is started alike: `node main.js --data DIR --port N`.
 * It says `{"ready":true,"port":N}` in one line on standard output, and stops cleanly on SIGTERM, SIGINT, or when its
 * standard input ends: a parent that was killed cannot send a signal, but its end of the pipe closes.
 */
export async function runChildServer(start: (options: { data: string; port: number }) => Promise<ChildServer>) {
  const { values } = parseArgs({ options: { data: { type: 'string' }, port: { type: 'string', default: '0' } } });
  if (!values.data) throw new Error('--data DIR is missing.');
  const server = await start({ data: values.data, port: Number(values.port) });
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await server.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  process.stdin.on('end', () => void stop()).on('error', () => void stop());
  process.stdin.resume();
  process.stdout.write(`${JSON.stringify({ ready: true, port: server.port, ...server.announce })}\n`);
}
