import { newId } from '#contracts/ids.js';
import type { ProblemBody } from './testing/http-client.js';
import { RunningSystem } from './testing/running-system.js';

// Whatever the OpenAPI document says that may be sent: a new operation, and a new field, are covered without a word here.

interface Schema {
  $ref?: string;
  type?: string;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
  enum?: unknown[];
  pattern?: string;
  format?: string;
  maxLength?: number;
  maxItems?: number;
  uniqueItems?: boolean;
}

interface Operation {
  requestBody?: { content: { 'application/json': { schema: Schema; example?: object } } };
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** A field of a body, and which operation takes it. */
interface Field {
  path: string;
  example: object;
  /** Names, and `0` for the items of an array. */
  at: string[];
  schema: Schema;
}

/** Requests on their way at once. */
const AT_ONCE = 16;
/** Nothing but that there is no NUL in it: any other text fits. */
const ANY_TEXT = '^[^\\u0000]*$';

/** A list of fewer documents might be refused for that alone. */
const ENOUGH = 4;
/** The document of each kind of rules, by the name in its path. */
const RULES: Record<string, string> = {
  LoyaltyRules: 'loyalty',
  RetentionRules: 'retention',
  ComplaintRules: 'complaints',
  RelationshipRules: 'relationship',
};

let system: RunningSystem;
let fields: Field[];

beforeAll(async () => {
  system = await RunningSystem.start();
  fields = fieldsOf((await system.http.get<OpenApi>('/openapi.json')).body);
});

afterAll(() => system?.stop());

function fieldsOf({ paths, components }: OpenApi): Field[] {
  const found: Field[] = [];
  const walk = (path: string, example: object, at: string[], schema: Schema): void => {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.split('/').at(-1)!;
      walk(path.replace('{name}', RULES[name] ?? '{name}'), example, at, components.schemas[name]!);
      return;
    }
    if (schema.anyOf) {
      for (const one of schema.anyOf) walk(path, example, at, one);
      return;
    }
    found.push({ path, example, at, schema });
    for (const [name, inner] of Object.entries(schema.properties ?? {})) walk(path, example, [...at, name], inner);
    if (schema.items) walk(path, example, [...at, '0'], schema.items);
  };
  for (const [path, operations] of Object.entries(paths)) {
    const body = operations.post?.requestBody?.content['application/json'];
    if (body) walk(path, body.example ?? {}, [], body.schema);
  }
  return found;
}

/** Texts of a list are told of by the list. */
const nameOf = ({ at, schema }: Field) =>
  (schema.type === 'string' && at.at(-1) === '0' ? at.slice(0, -1) : at).join('.');
const told = ({ path, at }: Field) => `${path}: ${at.join('.')}`;
const texts = () => fields.filter(({ schema }) => schema.type === 'string');
const lists = () => fields.filter(({ schema }) => schema.type === 'array');

/** The example with a value at a field. */
function bodyWith({ example, at }: Field, value: unknown): object {
  const body = structuredClone(example);
  let inner = body as Record<string, unknown>;
  for (const [n, name] of at.entries()) {
    if (n === at.length - 1) inner[name] = value;
    else inner[name] ??= at[n + 1] === '0' ? Array.from({ length: n + 2 < at.length ? ENOUGH : 0 }, () => ({})) : {};
    inner = inner[name] as Record<string, unknown>;
  }
  return body;
}

/** What is wrong with a body that has a value at a field: the fields that are named, where it is refused as it stands. */
async function refusedFields(field: Field, value: unknown): Promise<string[] | undefined> {
  // Of nobody: what a body is like is looked at before anything else.
  const path = field.path.replace('{name}', RULES.LoyaltyRules!).replaceAll(/\{\w+\}/g, newId);
  const { status, body } = await system.http.post<ProblemBody>(path, bodyWith(field, value));
  return status === 400 ? body.errors?.map((error) => error.field) : undefined;
}

/** Does something with many, some at once; what it answers is collected. */
async function each<Item, Answer>(items: Item[], work: (item: Item) => Promise<Answer[]>): Promise<Answer[]> {
  const left = items.values();
  const answers = Array.from({ length: AT_ONCE }, async () => {
    const some: Answer[] = [];
    for (const item of left) some.push(...(await work(item)));
    return some;
  });
  return (await Promise.all(answers)).flat();
}

/** Those that are not refused by name with a value. */
const notRefused = (some: Field[], of: (field: Field) => unknown) =>
  each(some, async (field) => {
    const refused = await refusedFields(field, of(field));
    return refused?.includes(nameOf(field)) ? [] : [`${told(field)} (${refused ?? 'taken'})`];
  });

describe('every body that the API takes', () => {
  it('has bounds for each text and each list', () => {
    expect(texts().length).toBeGreaterThan(400);
    const unbounded = [
      ...texts().filter(({ schema }) => {
        const isAny = schema.pattern === undefined || schema.pattern === ANY_TEXT;
        return schema.maxLength === undefined && isAny && !schema.enum && schema.format !== 'date';
      }),
      ...lists().filter(({ schema }) => schema.maxItems === undefined && !schema.uniqueItems),
    ];
    expect(unbounded.map(told)).toEqual([]);
  });

  it.each([
    ['NUL', 'a\u0000b'],
    ['half of a surrogate pair', 'a\ud800b'],
  ])('is refused with %s in any text, by the name of the field', async (_, text) => {
    expect(await notRefused(texts(), () => text)).toEqual([]);
  });

  it('is refused with a text that is a character too long, and not with the longest one', async () => {
    const bounded = texts().filter(({ schema }) => schema.maxLength !== undefined && schema.pattern === ANY_TEXT);
    expect(bounded.length).toBeGreaterThan(150);
    expect(await notRefused(bounded, ({ schema }) => 'x'.repeat(schema.maxLength! + 1))).toEqual([]);
    const refused = await each(bounded, async (field) => {
      const names = await refusedFields(field, 'x'.repeat(field.schema.maxLength!));
      return names?.includes(nameOf(field)) ? [told(field)] : [];
    });
    expect(refused).toEqual([]);
  });

  it('is refused with a list of one more than there may be', async () => {
    const bounded = lists().filter(({ schema }) => schema.maxItems !== undefined);
    expect(bounded.length).toBeGreaterThan(10);
    expect(await notRefused(bounded, ({ schema }) => Array.from({ length: schema.maxItems! + 1 }, () => ({})))).toEqual(
      [],
    );
  });

  it('is never answered with a 5xx', () => {
    expect(system.http.failures).toEqual([]);
  });
});
