#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import type { DeadLetter } from './dead-letter.js';
import { DeadLetters } from './dead-letters.js';

const USAGE = `Usage: rapport-dead-letters list | retry [KEY] | drop PARTITION/OFFSET
  --group ID         the consumer group whose dead letters they are
  --brokers LIST     host:port, separated by commas
  --config FILE      instead of --brokers: JSON with kafkajs's settings, for TLS and SASL
  --topic NAME       the topic subscribed to (rapport.customer.events.v1)
Prints the dead letters that there are, or that are left, one JSON object a line.
Exit codes: 0 none are left, 1 some are, 2 wrong usage, 3 it could not be done.
`;

class WrongUsage extends Error {}

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(error instanceof WrongUsage ? `${error.message}\n${USAGE}` : `${error.message}\n`);
  return error instanceof WrongUsage ? 2 : 3;
});

async function main(): Promise<number> {
  const { command, subject, options } = readArguments();
  const letters = await DeadLetters.open(options);
  try {
    if (command === 'drop') await letters.drop(found(await letters.list(), subject));
    const left = command === 'retry' ? await letters.retry(subject) : await letters.list();
    for (const letter of left) process.stdout.write(`${JSON.stringify(lineOf(letter))}\n`);
    return left.length === 0 ? 0 : 1;
  } finally {
    await letters.close();
  }
}

function readArguments() {
  const { values, positionals } = parsed();
  const [command = '', subject, ...more] = positionals;
  if (!['list', 'retry', 'drop'].includes(command) || more.length > 0) throw new WrongUsage('Say what to do.');
  if (command === 'drop' && subject === undefined) throw new WrongUsage('Say which dead letter to drop.');
  if (values.group === undefined) throw new WrongUsage('Name the group with --group.');
  const kafka = new Kafka({ logLevel: logLevel.NOTHING, ...kafkaConfig(values) });
  return { command, subject, options: { kafka, groupId: values.group, topic: values.topic } };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        group: { type: 'string' },
        brokers: { type: 'string' },
        config: { type: 'string' },
        topic: { type: 'string' },
      },
    });
  } catch (error) {
    throw new WrongUsage((error as Error).message);
  }
}

function kafkaConfig({ brokers, config }: { brokers?: string; config?: string }): KafkaConfig {
  if (config !== undefined) return JSON.parse(readFileSync(config, 'utf8')) as KafkaConfig;
  if (brokers === undefined) throw new WrongUsage('Name the brokers with --brokers, or a file with --config.');
  return { brokers: brokers.split(',') };
}

function found(letters: DeadLetter[], place: string | undefined): DeadLetter {
  const letter = letters.find(({ record }) => `${record.partition}/${record.offset}` === place);
  if (letter === undefined) throw new Error(`There is no dead letter ${place}.`);
  return letter;
}

/** Without the data, which may be personal. */
function lineOf({ record, reason, error, at }: DeadLetter) {
  return {
    place: `${record.partition}/${record.offset}`,
    key: record.key,
    type: record.headers.ce_type,
    id: record.headers.ce_id,
    reason,
    error,
    at,
  };
}
