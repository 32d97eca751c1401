import { HttpException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** Answers 405 with `Allow`, not 404, where the resource is there and only takes other methods. Call it before any route is made. */
export function refuseOtherMethods(server: FastifyInstance): void {
  const methodsOf = new Map<string, { path: RegExp; methods: string[] }>();
  server.addHook('onRoute', ({ url, method }) => {
    const known = methodsOf.get(url) ?? { path: pathOf(url), methods: [] };
    known.methods.push(...[method].flat());
    methodsOf.set(url, known);
  });
  server.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    const path = request.url.split('?', 1)[0]!;
    const allowed = [...methodsOf.values()].filter((route) => route.path.test(path)).flatMap(({ methods }) => methods);
    if (allowed.length === 0) return;
    const allow = [...new Set(allowed)].join(', ');
    reply.header('allow', allow);
    throw new HttpException(`${request.method} is not for this resource; there is: ${allow}.`, 405);
  });
}

/** The paths of a route as `/customers/:id/360`. */
function pathOf(url: string): RegExp {
  return new RegExp(`^${url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);
}
