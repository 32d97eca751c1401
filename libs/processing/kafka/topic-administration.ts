import type { Admin, PartitionMetadata } from 'kafkajs';
import type { KafkaSettings } from '#platform/kafka-settings.js';
import { isServerAway } from '#platform/server-away.js';
import { askedAgain } from './asked-again.js';
import { TOPICS, type TopicDeclaration } from './topics.js';

/** As the protocol numbers what has configurations; kafkajs exports the name in a way that Node's loader does not see. */
const TOPIC_RESOURCE = 2;

export type TopicSettings = Pick<KafkaSettings, 'replicationFactor' | 'minInsyncReplicas'>;

/** A topic as it is, beside how it is declared. */
export interface TopicReport {
  topic: string;
  exists: boolean;
  partitions: number;
  replicationFactor: number;
  /** Of what the declaration names. */
  configs: Record<string, string>;
  /** `retention.ms is 604800000, declared -1`; none when it is as declared. */
  differences: string[];
}

/** Makes the topics that are missing. An existing one is never changed. @returns the names of those that were made. */
export async function createMissingTopics(
  admin: Admin,
  settings: TopicSettings,
  declarations = TOPICS,
): Promise<string[]> {
  const existing = new Set(await admin.listTopics());
  const missing = declarations.filter(({ topic }) => !existing.has(topic));
  if (missing.length === 0) return [];
  const topics = missing.map((declaration) => ({
    topic: declaration.topic,
    numPartitions: declaration.partitions,
    ...(settings.replicationFactor !== undefined && { replicationFactor: settings.replicationFactor }),
    configEntries: Object.entries(configsOf(declaration, settings)).map(([name, value]) => ({ name, value })),
  }));
  await admin.createTopics({ topics, waitForLeaders: false });
  const made = missing.map(({ topic }) => topic);
  // An error as long as one of them is not known everywhere, or has no leader.
  await askedAgain(() => admin.fetchTopicMetadata({ topics: made }));
  return made;
}

/** Compares every topic with its declaration, and changes nothing. */
export async function inspectTopics(
  admin: Admin,
  settings: TopicSettings,
  declarations = TOPICS,
): Promise<TopicReport[]> {
  const existing = new Set(await admin.listTopics());
  const found = declarations.filter(({ topic }) => existing.has(topic));
  const [metadata, configs] = await Promise.all([metadataOf(admin, found), configsAsTheyAre(admin, found, settings)]);
  return declarations.map((declaration) => {
    const { topic } = declaration;
    const partitions = metadata.get(topic);
    if (partitions === undefined) {
      return { topic, exists: false, partitions: 0, replicationFactor: 0, configs: {}, differences: ['it is missing'] };
    }
    const actual = {
      partitions: partitions.length,
      replicationFactor: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      configs: configs.get(topic) ?? {},
    };
    return { topic, exists: true, ...actual, differences: differences(declaration, settings, actual) };
  });
}

/** Makes the topics that are missing. @returns what is not as declared about the others; undefined: nothing. */
export async function prepareTopics(admin: Admin, settings: TopicSettings): Promise<string | undefined> {
  await createMissingTopics(admin, settings);
  try {
    return differencesOf(await inspectTopics(admin, settings)).join('; ') || undefined;
  } catch (error) {
    if (isServerAway(error)) throw error;
    // Whoever may write may not be allowed to look.
    return `The topics could not be compared with what is declared: ${(error as Error).message}`;
  }
}

/** Whether a topic holds, or held, a message. */
export async function holdsMessages(admin: Admin, topic: string): Promise<boolean> {
  const offsets = await askedAgain(() => admin.fetchTopicOffsets(topic));
  return offsets.some(({ high }) => high !== '0');
}

/** The differences of all topics, a line each. */
export function differencesOf(reports: readonly TopicReport[]): string[] {
  return reports.flatMap(({ topic, differences }) => differences.map((difference) => `${topic}: ${difference}`));
}

function configsOf({ configs }: TopicDeclaration, { minInsyncReplicas }: TopicSettings): Record<string, string> {
  if (minInsyncReplicas === undefined) return { ...configs };
  return { ...configs, 'min.insync.replicas': String(minInsyncReplicas) };
}

async function metadataOf(admin: Admin, declarations: TopicDeclaration[]) {
  if (declarations.length === 0) return new Map<string, PartitionMetadata[]>();
  const { topics } = await admin.fetchTopicMetadata({ topics: declarations.map(({ topic }) => topic) });
  return new Map(topics.map(({ name, partitions }) => [name, partitions]));
}

async function configsAsTheyAre(admin: Admin, declarations: TopicDeclaration[], settings: TopicSettings) {
  if (declarations.length === 0) return new Map<string, Record<string, string>>();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: declarations.map((declaration) => ({
      type: TOPIC_RESOURCE,
      name: declaration.topic,
      configNames: Object.keys(configsOf(declaration, settings)),
    })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
}

function differences(
  declaration: TopicDeclaration,
  settings: TopicSettings,
  actual: Pick<TopicReport, 'partitions' | 'replicationFactor' | 'configs'>,
): string[] {
  const { replicationFactor } = settings;
  const compared: [name: string, is: string | undefined, declared: string][] = [
    ['partitions', String(actual.partitions), String(declaration.partitions)],
    ...Object.entries(configsOf(declaration, settings)).map(([name, value]): [string, string | undefined, string] => [
      name,
      actual.configs[name],
      value,
    ]),
  ];
  if (replicationFactor !== undefined) {
    compared.push(['replication factor', String(actual.replicationFactor), String(replicationFactor)]);
  }
  return compared.flatMap(([name, is, declared]) =>
    is === declared ? [] : [`${name} is ${is}, declared ${declared}`],
  );
}
