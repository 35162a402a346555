import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ConsentDesk } from '../domain/consent/consent-desk.ts';
import { consentRecord } from '../domain/consent/consent-record.ts';
import { ledgerRows } from '../domain/consent/ledger-rows.ts';
import { purposeCode, purposeWords } from '../domain/consent/purpose-words.ts';
import { subjectStands } from '../domain/consent/stands.ts';
import { verifyLedger } from '../domain/consent/verify-ledger.ts';
import type { SpoolStore } from '../domain/ports.ts';
import { fromHere } from './from-here.ts';

export interface ConsentSources {
  consents: ConsentDesk;
  ledger: Pick<SpoolStore, 'consents' | 'consentTenants'>;
}

const id = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/);
const purpose = z.string().refine((word) => purposeCode(word) !== null, {
  error: `expected a purpose: ${purposeWords.join(', ')}`,
});
const ledgerQuery = z.strictObject({
  tenant: id,
  device: id.optional(),
  after: z.coerce.number().int().min(0).default(0),
});
export const choiceBody = z.strictObject({
  tenant: id,
  device: id,
  subject: z.union([z.string().min(1).max(64), z.number().int().min(0).max(255)]).default(0),
  purposes: z.record(purpose, z.boolean()),
  by: z.string().min(1).max(64),
  notice: z
    .strictObject({
      version: z.string().max(64).default(''),
      hash: z
        .string()
        .regex(/^([0-9a-f]{64})?$/, 'expected the SHA-256 of the notice: 64 hexadecimal digits')
        .default(''),
      language: z.string().max(35).default(''),
    })
    .prefault({}),
  atMs: z.number().int().min(0).optional(),
  validUntilMs: z.number().int().min(0).nullable().optional(),
  how: z.enum(['service', 'import']).optional(),
});

const signalBody = choiceBody
  .pick({ tenant: true, device: true, subject: true, by: true })
  .extend({ optOut: z.boolean().default(false) });

/** Choices of people: what stands, how it came, and what the maker's service enters. */
export function consentPages(server: FastifyInstance, { consents, ledger }: ConsentSources): void {
  server.get('/api/consents', (request) => {
    const { tenant, device } = ledgerQuery.parse(request.query);
    return subjectStands(ledgerRows(ledger, { tenant, device }));
  });
  server.get('/api/consents/history', (request) => {
    const { device, ...query } = ledgerQuery.parse(request.query);
    return ledger.consents({ ...query, device }).map(consentRecord);
  });
  server.get('/api/consents/verify', () =>
    ledger.consentTenants().map((tenant) => {
      const { head, ...verdict } = verifyLedger(tenant, ledgerRows(ledger, { tenant }));
      return { ...verdict, head: Buffer.from(head).toString('hex') };
    }),
  );
  server.post('/api/consents/signal', { preHandler: fromHere }, async (request, reply) => {
    const { optOut, ...of } = signalBody.parse(request.body);
    // https://www.w3.org/TR/gpc: the header is the signal; without it the body says it.
    const isOptOut = request.headers['sec-gpc'] === '1' || optOut;
    const chosen = await consents.signal({ ...of, isOptOut });
    return chosen.ok ? consentRecord(chosen.row) : reply.code(400).send({ error: chosen.problem });
  });
  server.post('/api/consents', { preHandler: fromHere }, async (request, reply) => {
    const { purposes, ...choice } = choiceBody.parse(request.body);
    const byCode = Object.entries(purposes).map(([word, isGranted]) => [purposeCode(word), isGranted]);
    const chosen = await consents.choose({ ...choice, purposes: Object.fromEntries(byCode) });
    return chosen.ok ? consentRecord(chosen.row) : reply.code(400).send({ error: chosen.problem });
  });
}
