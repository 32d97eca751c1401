import { Argument, type Command } from 'commander';
import type { Admin } from 'kafkajs';
import { STATE_TOPICS } from '#contracts/states.js';
import { createKafka } from '#processing/kafka/kafka-client.js';
import { createMissingTopics, inspectTopics, type TopicReport } from '#processing/kafka/topic-administration.js';
import { requestBootstrap } from '#processing/states/bootstraps.js';
import { type Context, contextOf } from '../context.js';
import { exitCode } from '../exit.js';
import { withViews } from '../projections/views.js';
import { connectionsFor } from '../running.js';

export function registerTopics(program: Command): void {
  const topics = program
    .command('topics')
    .summary('compare the topics on Kafka with how they are declared')
    .description(
      'Compare the topics on Kafka with how they are declared, and make those that are missing. An existing topic is ' +
        'never changed.',
    );
  topics
    .command('check', { isDefault: true })
    .summary('tell what is not as declared')
    .description('Tell how every topic is and what is not as declared. Exit code 1: something is not.')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const reports = await withAdmin(context, (admin) => inspectTopics(admin, context.settings.kafka));
      context.output.result({ topics: reports }, reports.flatMap(linesOf));
      if (reports.some(({ differences }) => differences.length > 0)) process.exitCode = exitCode.refused;
    });
  topics
    .command('create')
    .summary('make the topics that are missing')
    .description('Make the topics that are missing, as declared; a worker does the same when it starts.')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const created = await withAdmin(context, (admin) => createMissingTopics(admin, context.settings.kafka));
      context.output.result({ created }, created.length > 0 ? created : ['All are there.']);
    });
  topics
    .command('publish-states')
    .summary("send every customer's state again")
    .description(
      'Have the state of every customer sent again on a state topic, or on all of them; the worker does it, beside what ' +
        'changes meanwhile. A topic that is new, and one of whose views another build was promoted, needs no asking.',
    )
    .addArgument(new Argument('[name]', 'of the topic').choices(STATE_TOPICS))
    .action(async (name: string | undefined, _options: object, command: Command) => {
      const context = contextOf(command);
      const asked = name === undefined ? STATE_TOPICS : [name];
      await withViews(context, (pool) => requestBootstrap(pool, asked));
      context.output.result(
        { asked },
        asked.map((topic) => `${topic}: the worker sends every customer's state.`),
      );
    });
}

async function withAdmin<T>(context: Context, work: (admin: Admin) => Promise<T>): Promise<T> {
  const { kafkaBrokers } = connectionsFor(context, 'kafkaBrokers');
  const admin = createKafka(kafkaBrokers, context.settings.kafka, 'rapport-cli').admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

function linesOf({ topic, exists, partitions, replicationFactor, configs, differences }: TopicReport): string[] {
  const settings = Object.entries(configs).map(([name, value]) => `${name}=${value}`);
  const is = exists ? [`${partitions} partitions`, `replication factor ${replicationFactor}`, ...settings] : [];
  return [[topic, ...is].join('  '), ...differences.map((difference) => `    ${difference}`)];
}
