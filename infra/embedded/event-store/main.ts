import { runChildServer } from '../child-server.js';
import { startEventStore } from './server.js';

function stopWith(error: unknown): void {
  process.stderr.write(`event store: ${(error as Error).message}\n`);
  process.exit(1);
}

// After a failed commit nobody knows which pages reached the disk, so the server stops instead of going on: what was
// acknowledged is safe, and a restart reads the last good commit. LMDB reports it only as an unhandled rejection.
process.on('unhandledRejection', (error) =>
  stopWith(
    error instanceof Error && 'commitError' in error
      ? new Error('Stopped: writing to the disk failed. Is it full? Nothing that was acknowledged is lost.')
      : error,
  ),
);

// Answers are some hundred bytes each, and a pool of the default size holds eight.
Buffer.poolSize = 512 * 1024;

try {
  await runChildServer(startEventStore);
} catch (error) {
  stopWith(error);
}
