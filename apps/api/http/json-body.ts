import type { FastifyInstance } from 'fastify';

/** A request body that is no JSON, or JSON that no command can mean. */
export class MalformedBody extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedBody';
  }
}

const DEEPEST = 32;
/** Keys that would change an object's prototype. */
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);
/** The tokens that tell the structure of a document that is known to be JSON. */
const STRUCTURE = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON body strictly: invalid UTF-8 is refused, not replaced, and so are documents nested so deeply that what
 * walks them would run out of stack, keys that would change an object's prototype, and keys that an object has twice,
 * of which one would be lost without a word.
 * @throws MalformedBody
 */
export function parseJsonBody(body: Buffer): unknown {
  let text: string;
  let document: unknown;
  try {
    text = utf8.decode(body);
    document = JSON.parse(text);
  } catch (error) {
    throw new MalformedBody(`The body is not JSON in UTF-8: ${(error as Error).message}`);
  }
  refuseUnsafe(text);
  return document;
}

/** Goes by the text, because the parsed document no longer shows which keys came twice. */
function refuseUnsafe(text: string): void {
  /** The keys of each object around the present token; undefined for a list. */
  const around: (Set<string> | undefined)[] = [];
  let previous = '';
  for (const [token] of text.matchAll(STRUCTURE)) {
    if (token === '{' || token === '[') {
      if (around.push(token === '{' ? new Set() : undefined) > DEEPEST) {
        throw new MalformedBody(`The body is nested deeper than ${DEEPEST} levels.`);
      }
    } else if (token === '}' || token === ']') {
      around.pop();
    } else if (token === ':') {
      const key = JSON.parse(previous) as string;
      const keys = around.at(-1)!;
      if (UNSAFE.has(key)) throw new MalformedBody(`The body has a key ${key}.`);
      if (keys.has(key)) throw new MalformedBody(`The body has the key ${previous.slice(0, 100)} twice in one object.`);
      keys.add(key);
    }
    previous = token;
  }
}

/** Replaces Fastify's own parsers: JSON alone is understood. */
export function useStrictJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}
