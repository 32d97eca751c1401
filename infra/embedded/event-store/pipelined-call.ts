import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';

/** How many bytes of a call may lie in the HTTP/2 stream before the next message waits for the socket. */
const BYTES_AHEAD = 64 * 1024;

/**
 * gRPC sends the next message of a stream only when the socket has taken the one before: one write to the socket a
 * message. Here messages that come encoded are handed on ahead, so that HTTP/2 joins all that are made in one turn of the event
 * loop into one write.
 */
class PipelinedCall extends ServerInterceptingCall {
  private ahead = 0;
  private blocked: (() => void) | undefined;

  override sendMessage(message: unknown, callback: () => void): void {
    const length = Buffer.isBuffer(message) ? message.length : BYTES_AHEAD;
    this.ahead += length;
    super.sendMessage(message, () => this.sent(length));
    if (this.ahead < BYTES_AHEAD) callback();
    else this.blocked = callback;
  }

  private sent(length: number): void {
    this.ahead -= length;
    const go = this.blocked;
    if (!go || this.ahead >= BYTES_AHEAD) return;
    this.blocked = undefined;
    go();
  }
}

export const pipelined: ServerInterceptor = (_, call) => new PipelinedCall(call);
