import { join } from 'node:path';
import { Launched } from '#apps/cli/up/testing/launched.js';
import { DIST } from '#testing/built.js';

/** The reference as a process of its own, as the API is one: neither shares its core with what sends the requests. */
export async function startReferenceApi(
  databaseUrl: string,
  env: Record<string, string>,
): Promise<{ url: string; stop(): Promise<void> }> {
  const settings = {
    DATABASE_URL: databaseUrl,
    RAPPORT_PORT: '0',
    RAPPORT_SUPERVISED: '1',
    RAPPORT_LOG_LEVEL: 'error',
    ...env,
  };
  const program = Launched.node(join(DIST, 'apps/bench/api/reference-main.js'), [], settings);
  const { port } = await program.firstResult();
  return {
    url: `http://127.0.0.1:${String(port)}`,
    stop: async () => {
      program.process.kill('SIGTERM');
      await program.exit;
    },
  };
}
