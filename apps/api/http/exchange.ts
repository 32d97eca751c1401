import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A request and the reply that it gets. The handler sets status and headers, and returns the body. */
export interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Injects the exchange. */
export const Http = createParamDecorator((_: unknown, context: ExecutionContext): Exchange => {
  const http = context.switchToHttp();
  return { request: http.getRequest(), reply: http.getResponse() };
});
