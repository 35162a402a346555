import type { InjectOptions } from 'fastify';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { nobodyAgreed } from '../domain/consent/coverage.ts';
import { emptyDevice } from '../domain/device-row.ts';
import { noErasures as noErasureDesk } from '../domain/erasure/desk-types.ts';
import { createRecordDecoder } from '../domain/forward-records.ts';
import type { QuarantineFilter } from '../domain/ports.ts';
import { sinkDesk } from '../sink-desk.ts';
import { bedHash, bedModel, bedTable } from '../testing/bed-model.ts';
import { type ViewFacts, viewOf } from '../testing/fixed-view.ts';
import { testSpool } from '../testing/test-spool.ts';
import { createAdminServer } from './server.ts';

const nobody = async () => ({ ok: false as const, problem: 'nobody is here' });
const noDesk = {
  replay: async () => ({ ok: false as const, problem: 'no desk' }),
  drop: async () => ({ dropped: 7, nextId: null }),
};

const noErasures = {
  ...noErasureDesk,
  plan: async () => ({ messages: 0, records: 0, quarantined: 0 }),
  attach() {},
};

describe('admin pages', () => {
  const servers: ReturnType<typeof createAdminServer>[] = [];
  const faults: unknown[] = [];

  function open(facts: ViewFacts = {}, change: Partial<Parameters<typeof createAdminServer>[0]> = {}) {
    const view = viewOf(facts);
    const spool = testSpool();
    const asked: QuarantineFilter[] = [];
    const note = (_event: string, fields?: Record<string, unknown>) => void faults.push(fields);
    const server = createAdminServer({
      view,
      spool,
      store: spool,
      clock: { nowMs: () => 0 },
      size: view.size,
      quarantine: (filter) => {
        asked.push(filter);
        return [
          {
            id: 1,
            tenant: 'a',
            device: 'b',
            receivedAtMs: 5,
            reason: 'schema',
            detail: 'no',
            link: 'mqtt',
            payload: new Uint8Array([1, 255]),
          },
        ];
      },
      desk: noDesk,
      erasures: noErasures,
      onCommit: () => () => {},
      names: () => [],
      isInUse: () => false,
      consents: { choose: nobody, signal: nobody },
      ledger: { consents: () => [], consentTenants: () => [] },
      sinkDesk: sinkDesk({
        store: spool,
        clock: { nowMs: () => 0 },
        forwarder: () => undefined,
        names: () => [],
      }),
      lastPosition: () => spool.lastPosition(),
      forwarders: () => [],
      product: (_tenant, hash) => (hash === bedHash ? 'smart_bed' : undefined),
      decode: createRecordDecoder(
        (_tenant, hash) => (hash === bedHash ? { model: bedModel, table: bedTable } : undefined),
        nobodyAgreed,
      ),
      metrics: new Registry(),
      log: { debug: note, info: note, warn: note, error: note },
      highWaterPercent: 80,
      version: '1.2.3',
      ...change,
    });
    servers.push(server);
    return { server, spool, asked, get: (url: string) => server.inject({ url }) };
  }

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
    faults.length = 0;
  });

  it('is alive whatever else is the matter', async () => {
    expect((await open({ phase: 'draining' }).get('/healthz')).statusCode).toBe(200);
  });

  it.each<[string, ViewFacts, string]>([
    ['while it starts', { phase: 'starting' }, 'the gateway is starting'],
    ['while it drains', { phase: 'draining' }, 'the gateway is draining'],
    ['above the high-water mark', { size: { usedBytes: 800 } }, 'the store is 80 % full, the mark is 80 %'],
    [
      'while commits fail',
      { gauges: { storageFailure: { code: 'SPOOL_FULL', message: 'disk full' } } },
      'SPOOL_FULL: disk full',
    ],
    ['while sockets are paused', { gauges: { paused: true } }, 'sockets are paused: commits cannot keep up'],
  ])('is not ready %s, and says why', async (_when, facts, reason) => {
    const response = await open(facts).get('/readyz');
    expect(response.statusCode).toBe(503);
    const { checks } = response.json<{ checks: Record<string, { ok: boolean; reason?: string }> }>();
    expect(Object.values(checks).filter(({ ok }) => !ok)).toEqual([{ ok: false, reason }]);
  });

  it('stays ready while a sink is down', async () => {
    const down = { state: 'down' as const, pending: 9 } as never;
    expect((await open({}, { forwarders: () => [down] }).get('/readyz')).statusCode).toBe(200);
  });

  it('sums the devices up', async () => {
    const device = { ...emptyDevice('a', 'b', 1), messages: 4, records: 40, duplicates: 2, gapRecords: 7 };
    const { get } = open({ devices: [device, { ...device, device: 'c' }], size: { quarantineMessages: 3 } });
    expect((await get('/api/status')).json()).toMatchObject({
      devices: 2,
      messages: 8,
      recordsStored: 80,
      duplicates: 4,
      gaps: 14,
      rejected: 3,
      sinks: [],
    });
  });

  it('lists devices with their product and what is missing of them', async () => {
    const device = { ...emptyDevice('a', 'b', 1), modelHash: bedHash, lastSeenMs: 9, lastDelayMs: 12 };
    const gaps = [{ tenant: 'a', device: 'b', boot: '3', first: 4, last: 6 }];
    expect((await open({ devices: [device], gaps }).get('/api/devices')).json()).toMatchObject([
      {
        tenant: 'a',
        device: 'b',
        product: 'smart_bed',
        lastSeenMs: 9,
        delayMs: 12,
        missing: [{ boot: '3', from: 4, to: 6 }],
      },
    ]);
  });

  it.each<[string, number, InjectOptions]>([
    ['an address that cannot be decoded', 400, { url: '/api/%zz' }],
    ['a page that is none', 404, { url: '/api/nothing' }],
    [
      'JSON that is none',
      400,
      {
        method: 'POST',
        url: '/api/records',
        headers: { 'content-type': 'application/json' },
        payload: '{"a"',
      },
    ],
    [
      'a body of no kind',
      415,
      { method: 'POST', url: '/api/records', headers: { 'content-type': '' }, payload: 'x' },
    ],
  ])('answers %s with %i, and its log has no fault', async (_what, status, request) => {
    expect((await open().server.inject(request)).statusCode).toBe(status);
    expect(faults).toEqual([]);
  });

  it('pages through records by whole messages', async () => {
    const { get, spool } = open();
    await spool.add(5);
    const first = await get('/api/records?limit=2');
    expect(first.headers['content-type']).toContain('application/x-ndjson');
    expect(
      first.body
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { seq: number }).seq),
    ).toEqual([0, 1]);
    const second = await get(`/api/records?after=${first.headers['x-next-after']}`);
    expect(second.body.trim().split('\n')).toHaveLength(3);
    const end = await get('/api/records?after=end');
    expect([end.body, end.headers['x-next-after']]).toEqual(['', '5']);
  });

  it('shows a message that cannot be read instead of stopping at it', async () => {
    const { get, spool } = open();
    await spool.add(1, { modelHash: 'ffffffff' });
    await spool.add(1);
    const lines = (await get('/api/records')).body.trim().split('\n');
    expect(JSON.parse(lines[0]!)).toEqual({
      tenant: 'acme',
      device: 'bed-1',
      position: 1,
      problem: 'model ffffffff is not known',
    });
    expect(lines).toHaveLength(2);
  });

  it('shows quarantined bytes as hex, filtered as asked', async () => {
    const { get, asked } = open();
    expect((await get('/api/quarantine?device=b&limit=5')).json()).toMatchObject([
      { reason: 'schema', payload: '01ff' },
    ]);
    expect(asked).toEqual([{ device: 'b', limit: 5 }]);
  });

  it.each([
    '/api/records?after=x',
    '/api/records?limit=999999',
    '/api/quarantine?devize=b',
    '/api/records?after=-1',
  ])('refuses %s with a reason', async (url) => {
    const response = await open().get(url);
    expect(response.statusCode).toBe(400);
    expect(response.json<{ error: string }>().error).not.toBe('');
    expect(faults).toEqual([]);
  });

  it.each([
    ['without the header', {}, 403],
    ['under a name that points here', { 'x-usewire': '1', host: 'evil.example:18080' }, 403],
    ['as the command does', { 'x-usewire': '1' }, 200],
  ])('takes a change %s, or not', async (_how, headers, code) => {
    const payload = { filter: { device: 'b' }, by: 'a test', limit: 5 };
    const url = '/api/quarantine/drop';
    const response = await open().server.inject({
      method: 'POST',
      url,
      headers: { host: '127.0.0.1', ...headers },
      payload,
    });
    expect(response.statusCode).toBe(code);
    if (code === 200) expect(response.json()).toEqual({ dropped: 7, nextId: null });
  });

  it('says which pages there are', async () => {
    const response = await open().get('/nope');
    expect(response.statusCode).toBe(404);
    expect(response.json<{ pages: string[] }>().pages).toContain('/api/status');
  });

  it('says nothing of a bug to whoever asks, and everything to its log', async () => {
    const broken = open(
      {},
      {
        lastPosition: () => {
          throw new Error('secret path');
        },
      },
    );
    const response = await broken.get('/api/records?after=end');
    expect([response.statusCode, response.body.includes('secret')]).toEqual([500, false]);
    expect(faults).toMatchObject([{ page: '/api/records?after=end', problem: 'Error: secret path' }]);
  });
});
