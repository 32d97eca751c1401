import type { FastifyInstance } from 'fastify';

/** The process stops: what is under way is finished, and nothing new is begun. */
export class Stopping extends Error {
  constructor() {
    super('This server is stopping. Try again: another one takes over, or this one comes back.');
    this.name = 'Stopping';
  }
}

/** Refuses requests that still come over open connections while the process stops. */
export class Draining {
  private isStopping = false;

  watch(server: FastifyInstance): void {
    server.addHook('onRequest', async (_request, reply) => {
      if (!this.isStopping) return;
      reply.header('connection', 'close');
      throw new Stopping();
    });
  }

  begin(): void {
    this.isStopping = true;
  }
}
