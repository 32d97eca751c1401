// The main job as a user does it, in a clone after `npm ci`: start the whole system, import the whole CDNOW file, see
// that views, Kafka and event store agree, import again, stop.
//   node .ci/main-job.mjs [REPORT]   REPORT: a file for the numbers of checks, as Jest writes them
// RAPPORT_SHARED: the folder with data/cdnow/CDNOW_master.txt (default: ../shared).
// RAPPORT_IMPORT_LIMIT: seconds that the import may take. The aim is 60 on two cores; it is 120 where nothing is set,
// because machines of CI vary and share their cores.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual, promisify } from 'node:util';
import pg from 'pg';

const FILE = join(process.env.RAPPORT_SHARED ?? '../shared', 'data/cdnow/CDNOW_master.txt');
const LIMIT = Number(process.env.RAPPORT_IMPORT_LIMIT ?? 120);
const TOPIC = 'rapport.customer.events.v1';
const CUSTOMERS = 23_570;
const PURCHASES = 69_659;
const CENTS = 250_031_563;
const LARGEST = { address: 'cdnow:07592', cents: 1_399_093 };

const data = mkdtempSync(join(tmpdir(), 'rapport-main-job-'));
// Stand-ins for all three, whatever servers the environment names.
const {
  EVENTSTORE_URL: _e,
  KAFKA_BROKERS: _k,
  DATABASE_URL: _d,
  RAPPORT_DATA: _f,
  RAPPORT_PORT: _p,
  ...env
} = process.env;
const say = (line) => process.stdout.write(`${line}\n`);
let passed = 0;
let failed = 0;

function check(what, actual, expected) {
  const well = typeof expected === 'function' ? expected(actual) : isDeepStrictEqual(actual, expected);
  if (well) passed++;
  else failed++;
  say(`${well ? 'ok    ' : 'FAILED'} ${what}: ${JSON.stringify(actual)}`);
  if (!well && typeof expected !== 'function') say(`       expected: ${JSON.stringify(expected)}`);
}

function checkNoWarning(what, stderr) {
  // What npm has to say of the machine's own npmrc is none of the project's.
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^npm warn .*\bconfig\b/.test(line));
  for (const line of lines) say(`       ${line}`);
  check(
    `${what} warns of nothing`,
    lines.filter((line) => /warn/i.test(line)),
    [],
  );
}

/** Runs a program to its end. */
async function run(program, ...args) {
  const options = { env, maxBuffer: 2 ** 28, timeout: 600_000 };
  try {
    return { code: 0, ...(await promisify(execFile)(program, args, options)) };
  } catch ({ code, stdout = '', stderr = '', message }) {
    return { code: code ?? 'killed', stdout, stderr: stderr || message };
  }
}

async function rapport(...args) {
  const started = performance.now();
  const { code, stdout, stderr } = await run('npx', 'rapport', ...args, '--data', data, '--json');
  check(`rapport ${args[0]} ends with`, code, 0);
  checkNoWarning(`rapport ${args[0]}`, stderr);
  return { result: JSON.parse(stdout.trim().split('\n').at(-1)), wall: (performance.now() - started) / 1000 };
}

/** Every process below another, with its CPU time. */
async function descendants(root) {
  const { stdout } = await run('ps', '-A', '-ww', '-o', 'pid=,ppid=,time=,args=');
  const all = [...stdout.matchAll(/^ *(\d+) +(\d+) +(\S+) +(.*)$/gm)].map(([, pid, parent, time, command]) => {
    return { pid: Number(pid), parent: Number(parent), time, command };
  });
  const below = (pid) => all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return below(root);
}

/** Starts the system; it ends with this process, however that comes about. */
function launch() {
  const options = ['--data', data, '--port', '0', '--json', '--business-date', '1998-06-30'];
  const child = spawn('npm', ['start', '--silent', '--', ...options], { env: { ...env, RAPPORT_SUPERVISED: '1' } });
  const launched = { child, stdout: '', stderr: '' };
  launched.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      launched[name] += text;
    });
  }
  return launched;
}

async function untilReady(launched) {
  for (let tries = 0; tries < 1800; tries++) {
    if (launched.stdout.includes('\n')) return JSON.parse(launched.stdout);
    if (launched.child.exitCode !== null) break;
    await delay(100);
  }
  throw new Error(`It was not ready within 180 s: ${launched.stdout}${launched.stderr}`);
}

async function get({ api, apiKey }, path) {
  const response = await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
  return { status: response.status, body: await response.json() };
}

async function importFile(again) {
  const { result, wall } = await rapport('import', FILE, '--mapping', 'docs/examples/imports/cdnow.json');
  const { seconds, ...summary } = result;
  const rows = again ? { appended: 0, unchanged: PURCHASES } : { appended: PURCHASES, unchanged: 0 };
  const figures = { rows: PURCHASES, customers: CUSTOMERS, purchases: PURCHASES, amount: { USD: CENTS } };
  check(again ? 'the import again' : 'the import', summary, { ...figures, ...rows, rejected: 0 });
  say(`       ${seconds} s by its own clock, ${wall.toFixed(1)} s with the start of the program`);
  if (!again) check(`the import takes at most ${LIMIT} s`, Math.round(wall), (taken) => taken <= LIMIT);
}

async function checkViews({ database }) {
  const client = new pg.Client(database);
  await client.connect();
  const { rows } = await client.query(`
    select count(*)::int as customers, sum(purchases)::int as purchases,
           sum((totals -> 'USD' ->> 'purchases')::bigint)::int as "purchasesInUsd",
           sum((totals -> 'USD' ->> 'value')::bigint)::int as cents
      from views.customer_360`);
  await client.end();
  const expected = { customers: CUSTOMERS, purchases: PURCHASES, purchasesInUsd: PURCHASES, cents: CENTS };
  check('the sums over customer_360', rows[0], expected);
}

async function checkPublication({ kafka }) {
  const { customerEvents } = (await rapport('events', 'count')).result;
  check('customer events in the store', customerEvents, (count) => count >= CUSTOMERS + PURCHASES);
  const read = ['-C', '-t', TOPIC, '-o', 'beginning', '-e', '-q', '-X', 'isolation.level=read_committed', '-f', '%k\n'];
  const { stdout } = await run('kcat', '-b', kafka.join(','), ...read);
  check('messages that kcat reads', stdout.split('\n').length - 1, customerEvents);
}

async function mainJob(system) {
  const ready = await untilReady(system);
  check('the line when ready has', Object.keys(ready), ['api', 'worker', 'apiKey', 'eventStore', 'kafka', 'database']);
  check('health', (await get(ready, '/health/ready')).status, 200);
  await importFile(false);
  const processes = await descendants(system.child.pid);
  for (const { time, command } of processes)
    say(`       CPU ${time} ${/dist\/\S+/.exec(command)?.[0] ?? command.slice(0, 80)}`);
  const view = await get(ready, `/customers/${LARGEST.address}/360`);
  check(`what ${LARGEST.address} is worth`, view.body.totals?.USD?.value, LARGEST.cents);
  const loyalty = await get(ready, `/customers/${LARGEST.address}/loyalty?effectiveAt=1998-06-30`);
  check('its loyalty', [loyalty.status, loyalty.body.balance], ([status, balance]) => status === 200 && balance > 0);
  await checkPublication(ready);
  await checkViews(ready);
  await importFile(true);
  await checkPublication(ready);
  await checkViews(ready);
}

async function stop(system) {
  const before = await descendants(system.child.pid);
  system.child.kill('SIGTERM');
  check('npm start ends with', await Promise.race([system.ended, delay(60_000, 'no end', { ref: false })]), 0);
  checkNoWarning('npm start', system.stderr);
  const { stdout } = await run('ps', '-A', '-o', 'pid=');
  const alive = new Set(stdout.trim().split(/\s+/).map(Number));
  const left = before.filter(({ pid }) => alive.has(pid));
  check(
    'processes left',
    left.map(({ command }) => command),
    [],
  );
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
}

const system = launch();
try {
  await mainJob(system);
} catch (error) {
  failed++;
  say(`FAILED ${error.stack}`);
} finally {
  await stop(system);
  rmSync(data, { recursive: true, force: true });
}
say(`${passed} checks passed, ${failed} failed`);
if (process.argv[2]) {
  const report = { numPassedTests: passed, numFailedTests: failed, numRuntimeErrorTestSuites: 0 };
  writeFileSync(process.argv[2], JSON.stringify(report));
}
process.exit(failed === 0 ? 0 : 1);
