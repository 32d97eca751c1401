import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { ChildServer } from '../child-server.js';
import { startEventStore } from './server.js';

/** What the specs of the event store share: servers on temporary folders, and the real client. */
export interface Running {
  client: EventStoreDBClient;
  data: string;
  port: number;
  /** Ends the client and the server, and removes the data unless told to keep it. */
  stop(options?: { keep: boolean }): Promise<void>;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'rapport-event-store-'));
}

/** An event with about so many bytes of data. */
export const event = (size = 100) => jsonEvent({ type: 'Happened', data: { text: 'x'.repeat(size) } });

export function connect(port: number, options = ''): EventStoreDBClient {
  return EventStoreDBClient.connectionString(`esdb://127.0.0.1:${port}?tls=false${options}`);
}

/** The client has no way to close its channel; an open one keeps the process alive. */
export async function disconnect(client: EventStoreDBClient): Promise<void> {
  await client.dispose();
  const inner = client as unknown as { getChannel(): Promise<{ close(): void }> };
  (await inner.getChannel()).close();
}

/** A server in this process. */
export async function startHere(data = temporaryFolder()): Promise<Running> {
  const server: ChildServer = await startEventStore({ data, port: 0 });
  const client = connect(server.port);
  const stop = async ({ keep } = { keep: false }) => {
    await disconnect(client);
    await server.close();
    if (!keep) rmSync(data, { recursive: true });
  };
  return { client, data, port: server.port, stop };
}

export interface RunningChild extends Running {
  child: ChildProcess;
  errors: () => string;
}

function spawnMain(data: string, port: number): { child: ChildProcess; errors: () => string } {
  const main = resolve('dist/infra/embedded/event-store/main.js');
  const child = spawn(process.execPath, [main, '--data', data, '--port', String(port)], { stdio: 'pipe' });
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  return { child, errors: () => errors };
}

export function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('close', resolve));
}

/** A start that is expected to fail: resolves to what the server had to say. */
export async function failingStart(data: string, port = 0): Promise<{ code: number | null; errors: string }> {
  const { child, errors } = spawnMain(data, port);
  const code = await exited(child);
  return { code, errors: errors() };
}

/** A server in a process of its own, from the compiled code. */
export async function startChild(data = temporaryFolder()): Promise<RunningChild> {
  const { child, errors } = spawnMain(data, 0);
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', (line) => resolve((JSON.parse(String(line)) as { port: number }).port));
    child.once('close', () => reject(new Error(errors())));
  });
  const client = connect(port);
  const stop = async ({ keep } = { keep: false }) => {
    await disconnect(client);
    child.kill('SIGTERM');
    await exited(child);
    if (!keep) rmSync(data, { recursive: true });
  };
  return { child, client, data, port, errors, stop };
}
