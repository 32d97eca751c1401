import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

/**
 * Stands for one child in the specs of the supervisor: it says when it starts and stops in the journal (one JSON line
 * each), answers every request with 200 (503 when it is unready), and stops slowly enough for a wrong order to show.
 */
export function runFixture(name: string, port: number, stopAfterMs: number): void {
  const {
    FIXTURE_JOURNAL: journal,
    FIXTURE_FAILS: fails,
    FIXTURE_STUBBORN: stubborn,
    FIXTURE_UNREADY: unready,
  } = process.env;
  const say = (what: string) =>
    appendFileSync(journal!, `${JSON.stringify({ name, what, port, pid: process.pid, date: businessDate() })}\n`);
  if (fails === name) {
    process.stderr.write(`${JSON.stringify({ level: 60, msg: `${name} has no room` })}\n`);
    process.exit(7);
  }
  const server = createServer((_request, response) => {
    response.statusCode = unready === name ? 503 : 200;
    response.end('fine');
  });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    say('stopping');
    if (stubborn === name) return;
    setTimeout(() => {
      say('stopped');
      process.exit(0);
    }, stopAfterMs);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.stdin.on('end', stop).resume();
  server.listen(port, '127.0.0.1', () => {
    say('started');
    process.stdout.write('a line that means nothing\n');
    process.stdout.write(`${JSON.stringify({ ready: true, port, url: `postgres://u:p@127.0.0.1:${port}/d` })}\n`);
  });
}

function businessDate(): string | undefined {
  return process.env.RAPPORT_BUSINESS_DATE;
}
