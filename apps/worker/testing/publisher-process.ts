import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Launched } from '#apps/cli/up/testing/launched.js';
import { DIST } from '#testing/built.js';
import type { Servers } from '#testing/servers.js';

/** A publisher in a process of its own, to be killed. */
export class PublisherProcess {
  /** How often it opened: more than once means that it met an error and began anew by itself. */
  opened = 0;
  private readonly said = new EventEmitter();

  private constructor(private readonly launched: Launched) {
    createInterface({ input: launched.process.stdout! }).on('line', (line) => {
      const told = JSON.parse(line) as { opened?: string | null; sending?: true };
      if ('opened' in told) this.opened += 1;
      if (told.sending) this.said.emit('sending');
    });
  }

  static start({ eventStoreUrl, kafkaBrokers, databaseUrl }: Servers, workerId: string): PublisherProcess {
    const settings = {
      EVENTSTORE_URL: eventStoreUrl,
      KAFKA_BROKERS: kafkaBrokers.join(','),
      DATABASE_URL: databaseUrl,
      RAPPORT_WORKER_ID: workerId,
      RAPPORT_SUPERVISED: '1',
      RAPPORT_LOG_LEVEL: 'warn',
    };
    return new PublisherProcess(Launched.node(join(DIST, 'apps/worker/testing/publisher-program.js'), [], settings));
  }

  /** When it sends events the next time. */
  async sends(signal: AbortSignal): Promise<void> {
    await once(this.said, 'sending', { signal });
  }

  async kill(): Promise<void> {
    this.launched.process.kill('SIGKILL');
    await this.launched.exit;
  }

  async stop(): Promise<void> {
    this.launched.process.kill('SIGTERM');
    await this.launched.exit;
  }
}
