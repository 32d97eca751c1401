import { runChildServer } from '../child-server.js';
import { startEventStore } from './server.js';

try {
  await runChildServer(startEventStore);
} catch (error) {
  process.stderr.write(`event store: ${(error as Error).message}\n`);
  process.exit(1);
}
