import { createConnection, createServer } from 'node:net';
import { CliError, exitCode } from '../exit.js';
import { claimPort } from './port-claim.js';

export interface PortWish {
  /** What listens there, as a person says it. */
  name: string;
  /** The option or variable that sets it, for the message. */
  option: string;
  default: number;
  /** What the user asked for; 0 means any. */
  given?: number | undefined;
}

export interface PortChoice {
  port: number;
  /** The default was taken by somebody else. */
  moved: boolean;
}

const attempts = 200;

/** Chooses ports on this machine, no port twice, nor one that another system has just chosen. */
export class Ports {
  private readonly chosen = new Set<number>();

  /**
   * The port asked for, or the default, or the next free one above it. The search goes upwards from the default and not
   * to a port of the system's choice: that comes from the range of outgoing connections, and while a server is down for
   * a restart, a client that tries to reach it there can be given that very port, connect to itself and keep it.
   * @throws CliError (exit code 2) when the port asked for is taken.
   */
  async choose(wish: PortWish, host = '127.0.0.1'): Promise<PortChoice> {
    if (wish.given) {
      if (this.chosen.has(wish.given) || !(await isFree(wish.given, host)))
        throw new CliError(`Port ${wish.given} for the ${wish.name} (${wish.option}) is taken.`, exitCode.usage);
      return this.keep(wish.given, false);
    }
    for (let port = wish.default; port < Math.min(wish.default + attempts, 65_536); port++) {
      if (!this.chosen.has(port) && (await isFree(port, host)) && claimPort(port))
        return this.keep(port, port !== wish.default);
    }
    throw new CliError(
      `No free port for the ${wish.name} from ${wish.default} on; choose one with ${wish.option}.`,
      exitCode.usage,
    );
  }

  private keep(port: number, moved: boolean): PortChoice {
    this.chosen.add(port);
    return { port, moved };
  }
}

/** Whether nobody listens on a port. */
export async function isFree(port: number, host: string): Promise<boolean> {
  // Both ways: some systems let a second server listen on 127.0.0.1 while another one listens on all addresses.
  return (await canListen(port, host)) && !(await answers(port, host));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
        reject(new CliError(`RAPPORT_HOST is "${host}": this machine has no such address.`, exitCode.usage));
      else reject(error);
    });
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Whether somebody takes connections there. */
export function answers(port: number, host: string, patience = 1_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(patience, () => end(false));
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
