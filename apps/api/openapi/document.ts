import type { Type } from '@nestjs/common';
import type { JsonSchema } from '#contracts/fields.js';
import { JsonSchemas } from '#contracts/json-schema.js';
import { fieldsOf } from '#contracts/validation.js';
import { Happening } from '../http/command-request.js';
import { parametersOf } from './parameters.js';
import { commandAnswerSchema, problemResponses, problemSchema, responsesOf } from './responses.js';
import { type Route, routesOf } from './routes.js';

/**
 * The OpenAPI 3.1 document of every route that has an operation: made of the declarations that check the requests, so
 * that the two cannot differ.
 */
export function openApiDocument(controllers: readonly Type[], version: string): object {
  const schemas = new JsonSchemas('#/components/schemas/');
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routesOf(controllers)) {
    if (route.operation === undefined) continue;
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(route, route.operation, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rapport',
      version,
      description:
        'An event-sourced customer-relationship backend: commands append events, queries read what they made.',
      license: { name: 'UNLICENSED', identifier: 'LicenseRef-UNLICENSED' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { apiKey: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or a JWT where one is configured.' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
      responses: problemResponses,
      schemas: { CommandAnswer: commandAnswerSchema, Problem: problemSchema, ...schemas.all() },
    },
  };
}

function operationOf(route: Route, operation: NonNullable<Route['operation']>, schemas: JsonSchemas): object {
  const { summary, body, roles } = operation;
  return {
    operationId: `${route.group}_${route.name}`,
    tags: [route.group],
    summary,
    ...(route.isPublic ? { security: [] } : { description: `For the roles ${roles.join(', ')}.` }),
    parameters: parametersOf(route, schemas),
    ...(body && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: bodySchema(body, operation.fromPath ?? [], schemas),
            ...(operation.example && { example: operation.example }),
          },
        },
      },
    }),
    responses: responsesOf(operation, body !== undefined),
  };
}

/** The fields of the declared class that the path does not give, and when and why it happened. */
function bodySchema(body: new () => object, fromPath: readonly string[], schemas: JsonSchemas): JsonSchema {
  const own = schemas.of(body, fromPath);
  const happening = schemas.of(Happening, [...fieldsOf(body)]);
  return { ...own, properties: { ...own.properties, ...happening.properties } };
}
