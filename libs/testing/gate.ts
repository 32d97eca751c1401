import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and its server, and can be shut: then the server is away. */
export class Gate {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private isShut = false;

  private constructor(port: number) {
    this.server = createServer((inner) => {
      if (this.isShut) {
        inner.destroy();
        return;
      }
      const outer = connect(port, '127.0.0.1');
      for (const [socket, other] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        this.sockets.add(socket);
        socket
          .on('error', () => {})
          .on('close', () => {
            this.sockets.delete(socket);
            other.destroy();
          });
        socket.pipe(other);
      }
    });
  }

  static async before(port: number): Promise<Gate> {
    const gate = new Gate(port);
    await new Promise<void>((resolve) => gate.server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  /** The server's URL, by way of the gate. */
  through(url: string): string {
    return url.replace(/(@|\/\/)127\.0\.0\.1:\d+/, `$1127.0.0.1:${(this.server.address() as AddressInfo).port}`);
  }

  shut(): void {
    this.isShut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  open(): void {
    this.isShut = false;
  }

  async close(): Promise<void> {
    this.shut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
