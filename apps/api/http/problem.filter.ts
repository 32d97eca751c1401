import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '#platform/logger.js';
import { TooManyRequests } from '../auth/rate-limit.js';
import { toProblem } from './problem.js';

const RETRY_AFTER_SECONDS = 1;

/** Answers every error as a problem document. What has none is a bug: it is logged, and told without its innards. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.send(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** For errors that Fastify meets before Nest does, such as a body that is no JSON. */
  send(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    let problem = toProblem(error);
    if (problem === undefined) {
      this.logger.error({ err: error, method: request.method, path: pathOf(request) }, 'A request failed.');
      problem = {
        type: 'urn:rapport:problem:internal',
        title: 'It failed',
        status: 500,
        detail: `This is a bug. The log names it under request ${request.id}.`,
      };
    } else if (problem.status === 503) {
      this.logger.warn({ err: error, path: pathOf(request) }, problem.detail);
      reply.header('retry-after', String(RETRY_AFTER_SECONDS));
    }
    if (error instanceof TooManyRequests) reply.header('retry-after', String(error.retryAfterSeconds));
    reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

/** Without the query, which may hold a name or a phone number: logs are kept for longer than customers. */
function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0]!;
}
