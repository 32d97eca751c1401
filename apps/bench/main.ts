#!/usr/bin/env node
import { Command, Option } from 'commander';
import { API_BENCH_PARTS, type ApiBenchOptions, benchApi } from './api/run.js';
import { benchPublish } from './publish/run.js';
import { benchReplay } from './replay/run.js';
import { report } from './report.js';
import { benchSource } from './source/run.js';

// Benchmarks, each beside what it is measured against: `npm run bench -- api`.
const program = new Command('bench').option('--json', 'one JSON object a line', false);
program
  .command('api')
  .description('commands and queries over HTTP')
  .option('--customers <n>', 'rows that the queries look among', Number, 1_000_000)
  .option('--data <folder>', 'keep those rows here, and use what is here: making a million takes minutes')
  .addOption(new Option('--only <part>', 'this part alone').choices(API_BENCH_PARTS))
  .action(async (options: ApiBenchOptions) => {
    process.stdout.write(report(await benchApi(options), program.opts<{ json: boolean }>().json));
  });
program
  .command('publish')
  .description('events to Kafka: to the one that KAFKA_BROKERS names (.ci/run kafka starts one), or to the stand-in')
  .action(async () => {
    process.stdout.write(report(await benchPublish(), program.opts<{ json: boolean }>().json));
  });
program
  .command('replay')
  .description('rebuilds of views, and views as they are fed')
  .option('--events <n>', 'how many the rebuild reads', Number, 1_000_000)
  .action(async ({ events }: { events: number }) => {
    process.stdout.write(report(await benchReplay(events), program.opts<{ json: boolean }>().json));
  });
program
  .command('source')
  .description('how long a query waits for the event before it, with views fed by the store and by the events topic')
  .action(async () => {
    process.stdout.write(report(await benchSource(), program.opts<{ json: boolean }>().json));
  });
await program.parseAsync();
