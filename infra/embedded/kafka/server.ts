import { createServer, type Server, type Socket } from 'node:net';
import { Broker, HOST } from './broker.js';
import { Connection } from './connection.js';
import { lockDirectory } from './lock.js';

/** How long a client may take to read its last answers at shutdown. */
const DRAIN_MS = 1000;

export interface KafkaServerOptions {
  /** The folder that holds everything; created when missing. */
  data: string;
  /** 0 for any free port. */
  port: number;
  /** Broker configurations by Kafka's names, such as `num.partitions`. */
  configs?: Record<string, string>;
  /** Told in one line about what went wrong inside, such as a corrupt record. */
  report?: (message: string) => void;
  /** Called when a write to the disk failed: nothing is answered any more, the process should end. */
  onFailure?: (error: Error) => void;
}

/** A single-node Kafka broker on 127.0.0.1. */
export class KafkaServer {
  private readonly connections = new Set<Connection>();

  private constructor(
    private readonly broker: Broker,
    private readonly server: Server,
    private readonly unlock: () => void,
  ) {}

  get port(): number {
    return this.broker.port;
  }

  /** Opens the data folder and listens. @throws when the folder is in use or corrupt, or the port is taken. */
  static async start(options: KafkaServerOptions): Promise<KafkaServer> {
    const unlock = lockDirectory(options.data);
    let broker: Broker | undefined;
    try {
      broker = Broker.open(options.data, options.configs ?? {}, options.report ?? (() => {}));
      const server = createServer({ noDelay: true });
      const kafka = new KafkaServer(broker, server, unlock);
      server.on('connection', (socket) => kafka.accept(socket));
      broker.store.onFailure = (error) => kafka.fail(error, options.onFailure);
      broker.port = await listen(server, options.port);
      broker.maintenance.start();
      return kafka;
    } catch (error) {
      await broker?.close();
      unlock();
      throw error;
    }
  }

  private accept(socket: Socket) {
    const connection = new Connection(socket, this.broker);
    this.connections.add(connection);
    socket.on('close', () => this.connections.delete(connection));
  }

  private fail(error: Error, onFailure: KafkaServerOptions['onFailure']) {
    this.server.close();
    for (const connection of this.connections) connection.destroy();
    onFailure?.(error);
  }

  /** Takes no more requests, answers those that were taken, flushes and closes. */
  async close() {
    const closed = new Promise((resolve) => this.server.close(resolve));
    const drained = [...this.connections].map((connection) => connection.end());
    await this.broker.close();
    await Promise.race([Promise.all(drained), new Promise((resolve) => setTimeout(resolve, DRAIN_MS))]);
    for (const connection of this.connections) connection.destroy();
    await closed;
    this.unlock();
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`Port ${port} on ${HOST} is taken by another process.`) : error);
    });
    server.listen(port, HOST, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
