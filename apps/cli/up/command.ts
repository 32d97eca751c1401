import { type Command, Option } from 'commander';
import { contextOf } from '../context.js';
import { runUp } from './run-up.js';
import { addStandInPortOptions, type StandInPorts } from './stand-ins.js';

export function registerUp(program: Command): void {
  const command = program
    .command('up')
    .summary('run the whole system in the foreground (`npm start` builds and runs this)')
    .description(
      'Runs the whole system in the foreground: API, worker, and a stand-in for each of event store, Kafka and ' +
        'PostgreSQL that the environment does not name a server for. A process that dies is started again.',
    )
    .addOption(
      new Option(
        '--business-date <date>',
        'pin today for rules, policies and timers, YYYY-MM-DD (env RAPPORT_BUSINESS_DATE)',
      ),
    )
    .addOption(
      new Option(
        '--source <source>',
        'where the views that are split by customers take their events from: event-store or kafka, the events topic (env RAPPORT_SOURCE)',
      ),
    )
    .addOption(
      new Option(
        '--republish',
        'publish everything again where the topics hold messages and the position is lost (env RAPPORT_REPUBLISH=1)',
      ),
    );
  addStandInPortOptions(command)
    .addHelpText(
      'after',
      `
Environment:
  EVENTSTORE_URL         esdb://HOST:PORT[?tls=false]; set, no stand-in is started for it
  KAFKA_BROKERS          HOST:PORT[,HOST:PORT …]; set, no stand-in is started for it
  DATABASE_URL           postgres://USER:PASSWORD@HOST:PORT/DATABASE; set, no stand-in is started for it
  RAPPORT_HOST           address that the API listens on (default 127.0.0.1)
  RAPPORT_WORKER_PORT    where the worker tells its health and metrics (default 3001, or the next free one)
  RAPPORT_API_KEY        API key (default: a random one, kept in api-key in the data folder)
  RAPPORT_MASTER_KEY     32 bytes in base64 that protect personal data (default: random, kept in master-key in the
                         data folder; whoever loses it loses the personal data)
  RAPPORT_LOG_LEVEL      trace, debug, info, warn, error, fatal or silent (default info)

With --json, one line when ready:
  {"api": "http://…", "worker": "http://…", "apiKey": "…", "eventStore": "esdb://…", "kafka": ["…"], "database": "postgres://…"}

Logs are in logs/ in the data folder. Ctrl-C or SIGTERM stops all of it in order; a second Ctrl-C hurries.`,
    )
    .action(async (_options: unknown, self: Command) => {
      const { republish, ...ports } = self.opts<StandInPorts & { republish?: true }>();
      const context = contextOf(self, republish ? { ...process.env, RAPPORT_REPUBLISH: '1' } : process.env);
      await runUp(context, ports);
    });
}
