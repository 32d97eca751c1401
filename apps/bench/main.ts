#!/usr/bin/env node
import { Command } from 'commander';
import { benchApi } from './api/run.js';
import { benchPublish } from './publish/run.js';
import { report } from './report.js';

// Benchmarks, each beside what it is measured against: `npm run bench -- api`.
const program = new Command('bench').option('--json', 'one JSON object a line', false);
program
  .command('api')
  .description('commands and queries over HTTP')
  .option('--customers <n>', 'rows that the queries look among', Number, 1_000_000)
  .action(async ({ customers }: { customers: number }) => {
    process.stdout.write(report(await benchApi(customers), program.opts<{ json: boolean }>().json));
  });
program
  .command('publish')
  .description('events to Kafka: to the one that KAFKA_BROKERS names (.ci/run kafka starts one), or to the stand-in')
  .action(async () => {
    process.stdout.write(report(await benchPublish(), program.opts<{ json: boolean }>().json));
  });
await program.parseAsync();
