import type { Message } from 'kafkajs';
import { newId } from '#contracts/ids.js';
import { type StateDeclaration, stateSchemaOf } from '#contracts/states.js';

/**
 * The state of a customer as a Kafka message: CloudEvents 1.0, binary mode, keyed by customer. Without a state the value
 * is null, which compaction takes for a deletion.
 * @param state without what is not published.
 * @param position everything up to there is in it.
 * @param date the business date that it is told for.
 * @param id of the message.
 */
export function toStateMessage(
  declaration: StateDeclaration,
  customerId: string,
  state: object | null,
  { position, date }: { position: bigint; date: string },
  id = newId(),
): Message {
  return {
    key: customerId,
    value: state && JSON.stringify(state),
    headers: {
      ce_specversion: '1.0',
      ce_id: id,
      ce_source: '/rapport',
      ce_type: declaration.type,
      ce_subject: `customer-${customerId}`,
      ce_dataschema: stateSchemaOf(declaration),
      ce_position: String(position),
      ce_businessdate: date,
      'content-type': 'application/json',
    },
  };
}
