import { ApiKeys } from '../auth/api-keys.js';
import { aComplaint, aCustomer, aPurchase } from '../testing/requests.js';
import { RunningSystem } from '../testing/running-system.js';

interface List {
  customers: { customerId: string; name: string | null; value: number; facets: string[] }[];
  next?: string;
  errors?: { field: string }[];
}

let system: RunningSystem;
let ids: Record<string, string>;
let position: string;

async function acquire(name: string, purchase?: number): Promise<string> {
  const { body } = await system.http.post('/customers', aCustomer({ name }));
  position = body.position;
  if (purchase !== undefined) {
    position = (await system.http.post(`/customers/${body.id}/purchases`, aPurchase(purchase))).body.position;
  }
  return body.id;
}

beforeAll(async () => {
  system = await RunningSystem.start();
  ids = {
    hoa: await acquire('Nguyễn Thị Hoa', 5_000),
    lan: await acquire('Trần Lan', 20_000),
    minh: await acquire('Nguyễn Minh'),
  };
  position = (await system.http.post(`/customers/${ids.minh}/complaints`, aComplaint())).body.position;
});
afterAll(() => system?.stop());

async function list(query: string): Promise<List> {
  return (await system.http.get<List>(`/customers?${query}&position=${position}`)).body;
}

/** Rows without their events: what they are found by is all that matters. */
async function manyMore(rows: number): Promise<void> {
  await system.pool.query(
    `insert into views.customer_list (customer_id, name, facets, search_text, phones, value, open_complaints)
     select gen_random_uuid(), 'Many Number ' || n, '{}', ' many number ' || n, '{}', n % 7, 0
       from generate_series(1, $1::int) as n`,
    [rows],
  );
}

const namesOf = ({ customers }: List) => customers.map(({ name }) => name);

describe('the list of customers', () => {
  it('is searched by words without diacritics, in any order', async () => {
    expect(namesOf(await list('search=hoa%20nguyen'))).toEqual(['Nguyễn Thị Hoa']);
    expect(namesOf(await list('search=nguyen')).sort()).toEqual(['Nguyễn Minh', 'Nguyễn Thị Hoa']);
    expect(namesOf(await list('search=%25'))).toEqual([]);
    expect(namesOf(await list('search=n%20tran'))).toEqual([]);
    expect(namesOf(await list('search=l%20tr&sort=-value'))).toEqual(['Trần Lan']);
  });

  it('is searched by how a word begins, not by what is inside of it', async () => {
    expect(namesOf(await list('search=h'))).toEqual(['Nguyễn Thị Hoa']);
    expect(namesOf(await list('search=oa'))).toEqual([]);
  });

  it('is searched by an e-mail address or its parts', async () => {
    const contactPoint = { medium: 'email', value: 'Tran.Lan+vip@Example.org' };
    position = (await system.http.post(`/customers/${ids.lan}/contact-points`, contactPoint)).body.position;
    for (const text of ['tran.lan%2Bvip@example.org', 'tran.lan', 'vip', 'example.org%20tran', 'LAN%2B']) {
      expect([text, namesOf(await list(`search=${text}`))]).toEqual([text, ['Trần Lan']]);
    }
    expect(namesOf(await list('search=lan@example.org'))).toEqual([]);
  });

  it('is searched page by page where many are found, and all of those are found who are few among many', async () => {
    await manyMore(10_000);
    const seen: string[] = [];
    for (let cursor = ''; seen.length < 10_000; ) {
      const { customers, next } = await list(`search=many&limit=200&sort=value${cursor}`);
      seen.push(...customers.map(({ customerId }) => customerId));
      if (next === undefined) break;
      cursor = `&cursor=${next}`;
    }
    expect([seen.length, new Set(seen).size]).toEqual([10_000, 10_000]);
    expect(namesOf(await list('search=number%201234'))).toEqual(['Many Number 1234']);
    expect((await list('search=number%20999&limit=20')).customers).toHaveLength(11);
    expect(namesOf(await list('search=many%20nguyen'))).toEqual([]);
    expect(namesOf(await list('search=hoa'))).toEqual(['Nguyễn Thị Hoa']);
    await system.pool.query("delete from views.customer_list where name like 'Many%'");
  });

  it('is narrowed by everything that is asked for at once', async () => {
    expect(namesOf(await list('customerStage=active&partyKind=person&valueFrom=10000'))).toEqual(['Trần Lan']);
    expect(namesOf(await list('customerStage=prospect&customerStage=churned'))).toEqual([]);
  });

  it('is searched in any order, whatever else is asked of the column of the order', async () => {
    const bounds = 'valueFrom=1&valueTo=1000000&acquiredAfter=2000-01-01&lastPurchaseAfter=2000-01-01&currency=USD';
    for (const sort of [
      'customerId',
      'value',
      '-value',
      'acquiredAt',
      '-acquiredAt',
      'lastPurchaseAt',
      '-lastPurchaseAt',
    ]) {
      const found = await list(`search=lan&${bounds}&sort=${sort}`);
      expect([sort, namesOf(found)]).toEqual([sort, ['Trần Lan']]);
    }
  });

  it('finds by the lowest loyalty level whoever was announced none', async () => {
    const settled = await system.http.get(`/customers/${ids.lan}/360?settled=true`);
    expect(settled.body).toMatchObject({ loyalty: { loyaltyLevel: 'loyal' } });
    expect(namesOf(await list('loyaltyLevel=loyal'))).toEqual(['Trần Lan']);
    expect(namesOf(await list('loyaltyLevel=member')).sort()).toEqual(['Nguyễn Minh', 'Nguyễn Thị Hoa']);
    expect(namesOf(await list('loyaltyLevel=member&loyaltyLevel=loyal'))).toHaveLength(3);
    expect(namesOf(await list('loyaltyLevel=vip'))).toEqual([]);
  });

  it('takes days and instants alike', async () => {
    for (const day of ['2000-01-01', '2000-01-01T00:00:00Z']) {
      expect(namesOf(await list(`acquiredAfter=${day}`))).toHaveLength(3);
      expect(namesOf(await list(`acquiredBefore=${day}`))).toEqual([]);
      expect(namesOf(await list(`lastPurchaseAfter=${day}`))).toHaveLength(2);
    }
  });

  it('has ready-made lists, which can be narrowed too', async () => {
    expect(namesOf(await list('list=complaining'))).toEqual(['Nguyễn Minh']);
    expect(namesOf(await list('list=complaining&valueFrom=1'))).toEqual([]);
    expect(namesOf(await list('list=prospects'))).toEqual([]);
  });

  it('is read page by page, each row once, in any order', async () => {
    for (const sort of ['customerId', 'value', '-value', 'acquiredAt']) {
      const seen: string[] = [];
      let cursor = '';
      do {
        const page = await list(`sort=${sort}&limit=1${cursor}`);
        seen.push(...page.customers.map(({ customerId }) => customerId));
        cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
      } while (cursor !== '');
      expect({ sort, seen: seen.sort() }).toEqual({ sort, seen: Object.values(ids).sort() });
    }
    expect((await list('sort=-value')).customers.map(({ value }) => value)).toEqual([20_000, 5_000, 0]);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=many', 'limit'],
    ['cursor=abc', 'cursor'],
    ['customerStage=asleep', 'customerStage'],
    ['stage=active', 'stage'],
    ['acquiredAfter=yesterday', 'acquiredAfter'],
    ['search=%00', 'search'],
    ['settled=maybe', 'settled'],
    ['sort=name', 'sort'],
    ['country=vn', 'country'],
    ['country=VN&country=XX', 'country'],
  ])('refuses %s by name', async (query, field) => {
    const { status, body } = await system.http.get<List>(`/customers?${query}`);
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });

  it('tells an analyst no names, and lets them find nobody by one', async () => {
    const key = await new ApiKeys(system.pool).create({ name: 'analyst', role: 'analyst' });
    const headers = { authorization: `Bearer ${key}` };
    const told = await system.http.get<List>(`/customers?position=${position}`, headers);
    expect([told.status, new Set(namesOf(told.body))]).toEqual([200, new Set([null])]);
    for (const query of ['search=hoa', 'phone=0912345678', 'ageFrom=30', 'ageTo=40']) {
      expect((await system.http.get(`/customers?${query}`, headers)).status).toBe(403);
    }
  });

  it('never failed', () => expect(system.http.failures).toEqual([]));
});
