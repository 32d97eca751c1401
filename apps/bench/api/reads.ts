import { isDeepStrictEqual } from 'node:util';
import type { RunningSystem } from '#apps/api/testing/running-system.js';
import { answered, type Load } from '../load.js';
import { type Measurement, p99Of, ratioOf } from '../report.js';
import { idOf, nameOf, phoneOf } from './million-customers.js';

const SECONDS = 8;
/** A few people at once: what is measured is how long each waits. */
const PEOPLE = 4;
/** Strides through the customers, so that no two requests in a row are about neighbours. */
const STRIDE = 7_919;

/** Query by key, against the same route with the same answer on TypeORM, and beside it against one bare row of it. */
export async function queryByKey(
  system: RunningSystem,
  referenceUrl: string,
  customers: number,
): Promise<Measurement[]> {
  const path = (n: number) => `/customers/${idOf((n * STRIDE) % customers)}/360`;
  const load = { ...system.address, connections: 32, seconds: SECONDS, path };
  const reference = { ...load, url: referenceUrl };
  const row = { ...reference, path: (n: number) => path(n).replace('/customers/', '/rows/') };
  await ensureSameAnswer(load, reference);
  for (const warmed of [load, reference, row]) await answered({ ...warmed, seconds: 3 });
  const { perSecond } = await answered(load);
  const what = '360° view by key, 32 connections';
  return [
    ratioOf(what, perSecond, 'the same answer by TypeORM findOneBy', (await answered(reference)).perSecond, 1.5),
    ratioOf(what, perSecond, 'one bare row by TypeORM findOneBy', (await answered(row)).perSecond),
  ];
}

/** @throws Error when the reference answers anything else: then it would do another work. */
async function ensureSameAnswer(...loads: Load[]): Promise<void> {
  const [ours, theirs] = await Promise.all(
    loads.map(async ({ url, apiKey, path }) => {
      const response = await fetch(`${url}${path(1)}`, { headers: { authorization: `Bearer ${apiKey}` } });
      return response.json();
    }),
  );
  if (!isDeepStrictEqual(ours, theirs)) throw new Error(`${JSON.stringify(ours)} is not ${JSON.stringify(theirs)}`);
}

/** How long people wait for what they look at all day. A search that is narrowed is a page of a list. */
export async function waits(system: RunningSystem, customers: number): Promise<Measurement[]> {
  const any = (n: number) => (n * STRIDE) % customers;
  const word = (n: number) => encodeURIComponent(nameOf(any(n)).split(' ').slice(0, 3).join(' '));
  const family = (n: number) => word(n).split('%20')[0]!;
  const pair = (n: number) => word(n).split('%20').slice(0, 2).join('%20');
  const asked: [string, number, Load['path']][] = [
    ['360° view', 10, (n) => `/customers/${idOf(any(n))}/360`],
    ['search by name', 50, (n) => `/customers?search=${word(n)}&limit=20`],
    ['search by a name that many have', 50, (n) => `/customers?search=${family(n)}&limit=20`],
    ['search by one letter and one rare number', 50, (n) => `/customers?search=${word(n)[0]}%20${any(n)}&limit=20`],
    ['search by two names that nobody has together', 50, (n) => `/customers?search=smith%20${family(n)}`],
    ['search by two words that some thousand have', 50, (n) => `/customers?search=${pair(n)}&limit=20`],
    ['the same, the most valuable first', 50, (n) => `/customers?search=${pair(n)}&sort=-value&limit=20`],
    [
      'list page: two such words, of one country and level',
      100,
      (n) => `/customers?search=${pair(n)}&country=JP&loyaltyLevel=vip`,
    ],
    ['list page: a name, of one stage', 100, (n) => `/customers?search=${word(n)}&customerStage=prospect&limit=20`],
    ['list page: a family name, of those who complain', 100, (n) => `/customers?search=${family(n)}&list=complaining`],
    ['list page: a family name, of those who are 86 or older', 100, (n) => `/customers?search=${family(n)}&ageFrom=86`],
    [
      'list page: a family name, acquired in one month',
      100,
      (n) => `/customers?search=${family(n)}&acquiredAfter=2020-03-01&acquiredBefore=2020-04-01`,
    ],
    [
      'list page: a family name, of the less valuable half, the most valuable first',
      100,
      (n) => `/customers?search=${family(n)}&valueTo=500000&sort=-value`,
    ],
    ['list page: two words, of an age', 100, (n) => `/customers?search=${pair(n)}&ageFrom=30&ageTo=39`],
    ['list page: what everybody has, of a rare currency', 100, () => '/customers?search=example.org&currency=CHF'],
    [
      'list page: one letter, of one region and gender',
      100,
      (n) => `/customers?search=n&region=region-${n % 60}&gender=female`,
    ],
    ['search by single letters', 50, (n) => `/customers?search=${['n%20v%20a', 't%20h%20c', 's%20j%20r%20m'][n % 3]}`],
    ['search by the beginning of an e-mail address', 50, (n) => `/customers?search=customer${any(n) % 1000}&limit=20`],
    ['search by e-mail', 50, (n) => `/customers?search=customer${any(n)}%40example.org`],
    ['look-up by phone, E.164', 50, (n) => `/customers?phone=${encodeURIComponent(phoneOf(any(n)))}`],
    ['look-up by phone, as given', 50, (n) => `/customers?phone=0${phoneOf(any(n)).slice(3)}&phoneCountry=VN`],
    [
      'list page: stage and country',
      100,
      (n) => `/customers?customerStage=atRisk&country=${['DE', 'FR', 'JP'][n % 3]}`,
    ],
    ['list page: owner and loyalty level', 100, (n) => `/customers?owner=agent-${n % 500}&loyaltyLevel=vip`],
    ['list page: most valuable first', 100, (n) => `/customers?sort=-value&country=${['VN', 'US'][n % 2]}`],
  ];
  const measurements: Measurement[] = [];
  for (const [what, most, path] of asked) {
    const load = { ...system.address, connections: PEOPLE, path };
    await answered({ ...load, seconds: 2 });
    const { p99Ms } = await answered({ ...load, seconds: SECONDS });
    measurements.push(p99Of(`${what}, ${customers.toLocaleString('en')} customers`, p99Ms, most));
  }
  return measurements;
}
