import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { declaredRoutes } from '../declared-routes.js';
import { answerExampleOf, commandAnswerSchema } from './responses.js';

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);

describe('the answers that the document shows as examples', () => {
  const shown = declaredRoutes().flatMap(({ method, path, operation }) => {
    const example = operation && answerExampleOf(operation);
    return example === undefined ? [] : [{ route: `${method} ${path}`, schema: operation!.answer, example }];
  });

  it.each(shown)('are what $route declares', ({ schema = commandAnswerSchema, example }) => {
    const isAnswer = ajv.compile(schema);
    expect([isAnswer(example), isAnswer.errors]).toEqual([true, null]);
  });

  it('are there for every command and for the queries that most ask', () => {
    const without = declaredRoutes()
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !shown.some((one) => one.route === route));
    expect(without.filter((route) => route.startsWith('post'))).toEqual([]);
    expect(shown.map(({ route }) => route)).toEqual(
      expect.arrayContaining([
        'get /customers',
        'get /customers/:id/360',
        'get /customers/:id/loyalty',
        'get /customers/:id/loyalty/ledger',
        'get /customers/:id/history',
        'get /complaints/:id',
        'get /purchases/:id',
        'get /events/:eventId',
      ]),
    );
  });
});
