import { Controller, Get, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ToRules } from '#commands/handlers/rules.handler.js';
import { RULES_NAMES, type RulesName, RulesPublished } from '#contracts/rules.events.js';
import { defaultLoyaltyRules } from '#domain/loyalty/rules.js';
import { findRules } from '#read-models/rules/rules.query.js';
import { ViewReader } from '#read-models/view-reader.js';
import { ADMINS, ALL_READERS } from '../auth/roles.js';
import { answerCreated, parseCommand, setRevision } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { parseQuery, type QueryParameters, ReadQuery, readOptionsOf } from '../http/query.js';
import { commandAnswerSchema } from '../openapi/responses.js';

const NAME = { name: { type: 'string', enum: RULES_NAMES } };

/** By what is judged: rules in versions, of which none is ever edited. */
@Controller('rules/:name')
export class RulesController {
  constructor(
    private readonly bus: CommandBus,
    private readonly reader: ViewReader,
  ) {}

  @Post()
  @Operation({
    summary: 'Publish the next version of rules',
    roles: ADMINS,
    body: RulesPublished,
    fromPath: ['name'],
    params: NAME,
    creates: true,
    answer: {
      ...commandAnswerSchema,
      properties: { ...(commandAnswerSchema.properties as object), id: NAME.name },
      examples: [{ id: 'loyalty', revision: 1, position: '64' }],
    },
    example: { version: 2, validFrom: '2027-01-01', document: defaultLoyaltyRules },
  })
  async publish(@Param('name') name: string, @Http() { request, reply }: Exchange) {
    const { data, meta } = parseCommand(RulesPublished, request, { name: rulesName(name) });
    const outcome = await this.bus.execute(new ToRules({ type: 'PublishRules', ...data }, meta));
    return answerCreated(reply, outcome, `/rules/${name}`);
  }

  @Get()
  @Operation({
    summary: 'Every version of the rules of a name',
    roles: ALL_READERS,
    params: NAME,
    query: ReadQuery,
    tellsRevision: true,
    answer: {
      type: 'object',
      properties: {
        name: { type: 'string', enum: RULES_NAMES },
        versions: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              version: { type: 'integer', minimum: 1 },
              validFrom: { type: 'string', format: 'date' },
              publishedAt: { type: 'string', format: 'date-time' },
              document: { type: 'object' },
            },
            required: ['version', 'validFrom', 'publishedAt', 'document'],
          },
        },
        position: { type: 'string', pattern: '^\\d+$' },
      },
      required: ['name', 'versions'],
    },
  })
  async versions(@Param('name') address: string, @Query() query: QueryParameters, @Http() { reply }: Exchange) {
    const name = rulesName(address);
    const options = readOptionsOf(parseQuery(ReadQuery, query));
    const { position, rows } = await findRules(this.reader, name, options);
    // Each version is an event of their stream; of rules that nobody has published yet there is none.
    if (rows.length > 0) setRevision(reply, rows.length - 1);
    return { name, versions: rows, position: position?.toString() };
  }
}

function rulesName(name: string): RulesName {
  const known = RULES_NAMES.find((each) => each === name);
  if (known === undefined)
    throw new NotFoundException(`There are no rules ${name}; there are: ${RULES_NAMES.join(', ')}.`);
  return known;
}
