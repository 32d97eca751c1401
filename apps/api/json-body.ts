import type { FastifyInstance } from 'fastify';

/** A request body that is no JSON, or JSON that no command can mean. */
export class MalformedBody extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedBody';
  }
}

const DEEPEST = 32;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON body strictly: invalid UTF-8 is refused, not replaced, and so are documents nested so deeply that what
 * walks them would run out of stack, and keys that would change an object's prototype.
 * @throws MalformedBody
 */
export function parseJsonBody(body: Buffer): unknown {
  let document: unknown;
  try {
    document = JSON.parse(utf8.decode(body));
  } catch (error) {
    throw new MalformedBody(`The body is not JSON in UTF-8: ${(error as Error).message}`);
  }
  refuseUnsafe(document);
  return document;
}

function refuseUnsafe(document: unknown): void {
  let level: unknown[] = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) throw new MalformedBody(`The body is nested deeper than ${DEEPEST} levels.`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const [key, child] of Object.entries(value)) {
        if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
          throw new MalformedBody(`The body has a key ${key}.`);
        }
        next.push(child);
      }
    }
    level = next;
  }
}

/** Replaces Fastify's own parser. */
export function useStrictJson(server: FastifyInstance): void {
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}
