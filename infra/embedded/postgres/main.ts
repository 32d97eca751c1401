import { createServer } from 'node:net';
import { runChildServer } from '../child-server.js';
import { Account } from './account.js';
import { postgresBinaries } from './binaries.js';
import { openCluster, user } from './cluster.js';
import { ensureDatabase } from './database.js';
import { clearLeftovers } from './leftover.js';
import { startPostmaster } from './postmaster.js';

await runChildServer(async ({ data, port }) => {
  const { initdb, postgres } = await postgresBinaries();
  const account = await Account.find();
  const cluster = await openCluster(data, initdb, account);
  await clearLeftovers(cluster.directory);
  // PostgreSQL does not choose a port by itself.
  const listensOn = port === 0 ? await freePort() : port;
  const server = await startPostmaster(postgres, cluster.directory, listensOn, account);

  let closing = false;
  void server.ended.then((how) => {
    if (closing) return;
    process.stderr.write(`PostgreSQL ended by itself: ${how}\n`);
    process.exit(1);
  });
  const url = `postgres://${user}:${cluster.password}@127.0.0.1:${listensOn}/rapport`;
  await ensureDatabase(url);
  return {
    port: listensOn,
    announce: { url },
    close: async () => {
      closing = true;
      await server.stop();
    },
  };
}).catch((error: unknown) => {
  // One line, and no stack that nobody can act on. What has been started goes down with this process.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
