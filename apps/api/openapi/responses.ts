import type { JsonSchema } from '#contracts/fields.js';
import type { OperationInfo } from '../http/operation.js';

/** RFC 9457, as `apps/api/http/problem.ts` answers it. */
export const problemSchema: JsonSchema = {
  type: 'object',
  properties: {
    type: { type: 'string', pattern: '^urn:rapport:problem:' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    rule: { type: 'string' },
    field: { type: 'string' },
    view: { type: 'string' },
    position: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, rule: { type: 'string' }, message: { type: 'string' } },
        required: ['field', 'rule', 'message'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail'],
};

const COMMAND_ANSWER = { id: 'fcd9ba3a-5c96-5941-a123-7819353ae857', revision: 0, position: '64' };

/** What a command answers. */
export const commandAnswerSchema: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', format: 'uuid' },
    revision: { type: 'integer', minimum: -1 },
    position: { type: 'string', pattern: '^\\d+$' },
  },
  required: ['id', 'revision'],
  examples: [COMMAND_ANSWER],
};

/** The same for a command that adds something inside the resource: it names that too, as `needId`. */
export function commandAnswerNaming(field: string): JsonSchema {
  return {
    type: 'object',
    properties: { ...(commandAnswerSchema.properties as object), [field]: { type: 'string', format: 'uuid' } },
    required: [...(commandAnswerSchema.required as string[]), field],
    examples: [{ ...COMMAND_ANSWER, revision: 3, [field]: '0190f3a1-5c00-7000-8000-0000000000b1' }],
  };
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'The request cannot be understood: `errors` names each field and its rule',
  401: 'A credential is needed',
  403: 'The credential does not allow it',
  404: 'It does not exist',
  405: 'This method is not for this resource',
  409: 'It contradicts the present state: `rule` says how',
  412: 'The resource is at another revision than If-Match says',
  413: 'The body is too large',
  414: 'The path is too long',
  415: 'The body must be application/json',
  422: 'A rule of the business forbids it, or the Idempotency-Key was used for another command',
  429: 'Too many requests: try again after Retry-After',
  503: 'A server is away or a view lags: try again after Retry-After',
};

const OF_QUERIES = [400, 401, 403, 404, 405, 409, 414, 429, 503];
const OF_COMMANDS = Object.keys(REFUSALS).map(Number);

/** What an operation answers when all is well, as an example; undefined where nobody gave one. */
export function answerExampleOf({ answer = commandAnswerSchema, answerExample }: OperationInfo): unknown {
  return answerExample ?? (answer.examples as unknown[] | undefined)?.[0];
}

/** Every answer that an operation may give, by status. */
export function responsesOf(operation: OperationInfo, isCommand: boolean): Record<string, object> {
  const refusals = (isCommand ? OF_COMMANDS : OF_QUERIES).map((status) => [
    String(status),
    { $ref: `#/components/responses/Problem${status}` },
  ]);
  return { ...successes(operation, isCommand), ...Object.fromEntries(refusals), ...operation.responses };
}

function successes(operation: OperationInfo, isCommand: boolean): Record<string, object> {
  const { creates, answer, tellsRevision } = operation;
  const schema = answer ?? { $ref: '#/components/schemas/CommandAnswer' };
  const example = answerExampleOf(operation);
  const content = { 'application/json': { schema, ...(example !== undefined && { example }) } };
  const headers =
    isCommand || tellsRevision
      ? { ETag: { schema: { type: 'string' }, description: 'The revision of the stream' } }
      : {};
  if (!creates) return { 200: { description: 'Done', headers, content } };
  const location = { Location: { schema: { type: 'string' } }, ...headers };
  return {
    201: { description: 'Made', headers: location, content },
    200: { description: 'It was there already, with the same content', headers: location, content },
  };
}

/** The refusals, for the document's components. */
export const problemResponses: Record<string, object> = Object.fromEntries(
  Object.entries(REFUSALS).map(([status, description]) => [
    `Problem${status}`,
    {
      description,
      ...(['429', '503'].includes(status) && { headers: { 'Retry-After': { schema: { type: 'integer' } } } }),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
);
