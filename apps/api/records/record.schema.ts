import { historyEventSchema } from '../views/history.schema.js';
import { count, listOf, object, uuid } from '../views/schema.js';

/** What `GET /purchases/{id}` and its like answer. */
export const recordSchema = object({ id: uuid, revision: count, events: listOf(historyEventSchema) });
