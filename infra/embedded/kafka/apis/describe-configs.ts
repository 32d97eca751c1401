import { NODE_ID } from '../broker.js';
import { type ConfigEntry, ConfigSource } from '../configs.js';
import { codeOf, ErrorCode, KafkaError } from '../errors.js';
import { Writer } from '../wire.js';
import type { Api, RequestContext } from './api.js';

const TOPIC = 2;
const BROKER = 4;

export const describeConfigs: Api = {
  key: 32,
  name: 'DescribeConfigs',
  min: 0,
  max: 2,
  handle(request, context) {
    const { version } = context;
    const resources = request.array(() => ({
      type: request.int8(),
      name: request.string(),
      names: request.nullableArray(() => request.string()),
    }));
    const withSynonyms = version >= 1 && request.boolean();
    const answer = new Writer().int32(0);
    return answer.array(resources, ({ type, name, names }) => {
      let entries: ConfigEntry[] = [];
      let error: number = ErrorCode.NONE;
      let message: string | null = null;
      try {
        entries = entriesOf(type, name, context).filter((entry) => names === null || names.includes(entry.name));
      } catch (refusal) {
        error = codeOf(refusal);
        message = (refusal as KafkaError).message;
      }
      answer.int16(error).nullableString(message).int8(type).string(name);
      answer.array(entries, (entry) => writeEntry(answer, entry, type === BROKER, version, withSynonyms));
    });
  },
};

function entriesOf(type: number, name: string, { broker }: RequestContext): ConfigEntry[] {
  if (type === TOPIC) {
    const topic = broker.topics.get(name);
    if (!topic) throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic '${name}'.`);
    return broker.configs.topicEntries(topic.state.configs);
  }
  if (type === BROKER && (name === String(NODE_ID) || name === '')) return broker.configs.entries();
  throw new KafkaError(ErrorCode.INVALID_REQUEST, `This broker describes topics and broker ${NODE_ID}.`);
}

function writeEntry(answer: Writer, entry: ConfigEntry, readOnly: boolean, version: number, withSynonyms: boolean) {
  answer.string(entry.name).nullableString(entry.value).boolean(readOnly);
  if (version === 0) answer.boolean(entry.source === ConfigSource.default);
  else answer.int8(entry.source);
  answer.boolean(false); // nothing here is secret
  if (version >= 1)
    answer.array(withSynonyms ? [entry] : [], ({ name, value, source }) => {
      answer.string(name).nullableString(value).int8(source);
    });
}
