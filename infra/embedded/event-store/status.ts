import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { CorruptRecord } from '../checked-record.js';
import { MissingRecord, Refused } from './errors.js';

/** Trailers are printable ASCII; the rest of a stream name travels percent-encoded. */
function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]+/gu, encodeURIComponent);
}

function serviceError(code: status, message: string, trailers: Record<string, string> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, ascii(value));
  return Object.assign(new Error(message), { code, details: message, metadata });
}

function refused({ refusal, message }: Refused): ServiceError {
  switch (refusal.kind) {
    case 'stream-deleted':
      return serviceError(status.FAILED_PRECONDITION, message, {
        exception: 'stream-deleted',
        'stream-name': refusal.stream,
      });
    case 'wrong-expected-version':
      return serviceError(status.FAILED_PRECONDITION, message, {
        exception: 'wrong-expected-version',
        'stream-name': refusal.stream,
        'expected-version': String(refusal.expected),
        ...(refusal.current < 0 ? {} : { 'actual-version': String(refusal.current) }),
      });
    case 'maximum-append-size-exceeded':
      return serviceError(status.INVALID_ARGUMENT, message, {
        exception: 'maximum-append-size-exceeded',
        'maximum-append-size': String(refusal.maximum),
      });
    case 'missing-required-metadata-property':
      return serviceError(status.INVALID_ARGUMENT, message, {
        exception: 'missing-required-metadata-property',
        'required-metadata-properties': refusal.properties,
      });
    case 'access-denied':
      return serviceError(status.PERMISSION_DENIED, message, { exception: 'access-denied' });
    case 'timeout':
      return serviceError(status.DEADLINE_EXCEEDED, message);
    case 'shutting-down':
      return serviceError(status.UNAVAILABLE, message);
    case 'invalid-argument':
      return serviceError(status.INVALID_ARGUMENT, message);
  }
}

/** The gRPC status, with trailers, that tells a client about an error. */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof Refused) return refused(error);
  const { message } = error as Error;
  process.stderr.write(`event store: ${(error as Error).stack}\n`);
  const damaged = error instanceof CorruptRecord || error instanceof MissingRecord;
  return serviceError(damaged ? status.DATA_LOSS : status.INTERNAL, message);
}

export function cancelledByShutdown(): ServiceError {
  return serviceError(status.CANCELLED, 'The event store is shutting down.');
}
