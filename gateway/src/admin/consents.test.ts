import fastify from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
import { consentDesk } from '../domain/consent/consent-desk.ts';
import { consentBench, PILLOW } from '../testing/consent-bench.ts';
import { consentPages } from './consents.ts';

let b: ReturnType<typeof consentBench>;
let server: ReturnType<typeof fastify>;
beforeEach(() => {
  b = consentBench();
  server = fastify();
  consentPages(server, { consents: consentDesk(b.context), ledger: b.store });
});

async function post(url: string, payload: object, headers: Record<string, string> = { 'x-usewire': '1' }) {
  const answer = server.inject({ method: 'POST', url, payload, headers });
  const timer = setInterval(() => void b.commit(), 1);
  const { statusCode, body } = await answer;
  clearInterval(timer);
  return { statusCode, body: JSON.parse(body) as Record<string, unknown> };
}
const get = async (url: string) => JSON.parse((await server.inject({ url })).body) as unknown;
const choice = { ...PILLOW, subject: 1, purposes: { research: true }, by: 'app' };

describe('admin pages of consent', () => {
  it('enter a choice, say how it stands, and prove it', async () => {
    const { statusCode, body } = await post('/api/consents', choice);
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({ schema_version: 'ISO/IEC TS 27560:2023', chain: { number: 1 } });
    expect(await get('/api/consents?tenant=acme')).toMatchObject([{ purpose: 'research', state: 'granted' }]);
    expect(await get('/api/consents/history?tenant=acme&device=pillow-1')).toMatchObject([
      { record_id: body['record_id'] },
    ]);
    expect(await get('/api/consents/verify')).toMatchObject([{ tenant: 'acme', entries: 1, break: null }]);
  });

  it('take the header of Global Privacy Control as the signal', async () => {
    const { body } = await post(
      '/api/consents/signal',
      { ...PILLOW, by: 'portal' },
      { 'x-usewire': '1', 'sec-gpc': '1' },
    );
    expect(body).toMatchObject({ events: [{ event_type: 'opt-out', entity: 'portal' }] });
    const off = await post('/api/consents/signal', { ...PILLOW, by: 'portal', optOut: false });
    expect(off.body).toMatchObject({ events: [{ event_type: 'opt-in' }] });
  });

  it.each([
    ['a purpose that does not exist', { ...choice, purposes: { fun: true } }],
    ['no purpose', { ...choice, purposes: {} }],
    ['a subject that the model does not have', { ...choice, subject: 'middle' }],
    ['a notice hash that is none', { ...choice, notice: { hash: 'abc' } }],
  ])('refuse %s, and change nothing', async (_, body) => {
    expect((await post('/api/consents', body)).statusCode).toBeGreaterThanOrEqual(400);
    expect(b.store.consents(PILLOW)).toEqual([]);
  });

  it('take no change that a page in a browser could send', async () => {
    expect((await post('/api/consents', choice, {})).statusCode).toBe(403);
    expect((await post('/api/consents/signal', PILLOW, {})).statusCode).toBe(403);
  });
});
