import { fileURLToPath } from 'node:url';

/** The built programs that `up` and `embedded` start. */
export interface Programs {
  eventStore: string;
  kafka: string;
  postgres: string;
  api: string;
  worker: string;
}

export const builtPrograms: Programs = {
  eventStore: built('infra/embedded/event-store/main.js'),
  kafka: built('infra/embedded/kafka/main.js'),
  postgres: built('infra/embedded/postgres/main.js'),
  api: built('apps/api/main.js'),
  worker: built('apps/worker/main.js'),
};

/** The path of a file below `dist`. */
export function built(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}
