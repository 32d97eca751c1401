import type { Socket } from 'node:net';
import { HttpException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** A body. */
export const LARGEST_BODY = 1024 * 1024;
/** All headers with the request line. */
export const LARGEST_HEADERS = 16 * 1024;
/** One part of a path: an address, with every byte of it escaped. */
export const LONGEST_PATH_PART = 300;
/** How long a request may take to arrive. */
export const ARRIVES_WITHIN_MS = 60_000;
/** A path with its query. */
const LONGEST_URL = 8 * 1024;

/** What Node answers before there is a request, by the code of its error. */
const REFUSALS: Record<string, [number, string, string]> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'Request Header Fields Too Large',
    `The headers are larger than ${LARGEST_HEADERS} bytes.`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', `The request took longer than ${ARRIVES_WITHIN_MS} ms to arrive.`],
};
const MALFORMED: [number, string, string] = [400, 'Bad Request', 'This is not HTTP.'];

/** Answers what is no request at all, or too large for one, as a problem document too. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, title, detail] = REFUSALS[error.code ?? ''] ?? MALFORMED;
  const body = JSON.stringify({ type: `urn:rapport:problem:http-${status}`, title, status, detail });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** Refuses addresses that are longer than any that means something. */
export function refuseLongUrls(server: FastifyInstance): void {
  server.addHook('onRequest', async (request) => {
    if (request.url.length > LONGEST_URL) {
      throw new HttpException(`The address is longer than ${LONGEST_URL} characters.`, 414);
    }
  });
}
