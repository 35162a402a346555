import { encodeModel, gauge, modelTable, product } from '@usewire/protocol/model';
import { toHex } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { heaterBytes, heaterTable, scaleBytes, scaleTable, sharedHash } from '../testing/colliding-models.ts';
import { modelRegistry, OPERATOR } from './models.ts';

const LIMITS = { maxModels: 10, maxModelsPerTenant: 3 };
const scaleHash = toHex(scaleTable.hash);
const heaterHash = toHex(heaterTable.hash);

function nthModel(n: number): { bytes: Uint8Array; hash: string } {
  const made = product('shop.nth', n + 1, {
    purposes: { service: { basis: 'contract', code: 'service_provision' } },
    points: { level: gauge({ id: 1, for: 'service', range: [0, 9] }) },
  });
  return { bytes: encodeModel(made), hash: toHex(modelTable(made).hash) };
}

describe('models that devices tell', () => {
  it('the fixture: two models, one short hash', () => {
    expect([scaleHash.slice(0, 8), heaterHash.slice(0, 8)]).toEqual([sharedHash, sharedHash]);
    expect(scaleHash).not.toBe(heaterHash);
  });

  it('are known to their own tenant only, also when another has one with the same short hash', () => {
    const models = modelRegistry(LIMITS);
    expect(models.tell('good', scaleBytes, scaleHash)).toMatchObject({ ok: true, isNew: true });
    expect(models.tell('evil', heaterBytes, heaterHash)).toMatchObject({ ok: true, isNew: true });
    expect(models.find('good', sharedHash)?.hash).toBe(scaleHash);
    expect(models.find('evil', sharedHash)?.hash).toBe(heaterHash);
    expect(models.find('other', sharedHash)).toBeUndefined();
  });

  it('do not take the place of a model of their tenant', () => {
    const models = modelRegistry(LIMITS);
    models.tell('good', scaleBytes, scaleHash);
    expect(models.tell('good', heaterBytes, heaterHash)).toMatchObject({ ok: false, cause: 'hashTaken' });
    expect(models.find('good', sharedHash)?.hash).toBe(scaleHash);
  });

  it("do not take the place of the operator's, which is for every tenant, told before or after", () => {
    const models = modelRegistry(LIMITS);
    models.give(scaleBytes);
    expect(models.tell('evil', heaterBytes, heaterHash)).toMatchObject({ ok: false, cause: 'hashTaken' });
    expect(models.restore('evil', heaterBytes)).toMatchObject({ ok: false, cause: 'hashTaken' });
    for (const tenant of ['good', 'evil']) expect(models.find(tenant, sharedHash)?.hash).toBe(scaleHash);
    expect(models.tell('good', scaleBytes, scaleHash)).toMatchObject({ ok: true, isNew: false });
  });

  it('are not read wrong by a model that the operator gives later', () => {
    const models = modelRegistry(LIMITS);
    models.tell('good', scaleBytes, scaleHash);
    expect(models.give(heaterBytes)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('tenant good'),
    });
    expect(models.find('good', sharedHash)?.hash).toBe(scaleHash);
  });

  it.each([
    ['all of it', scaleHash, true],
    ['its beginning', scaleHash.slice(0, 16), true],
    ['one that differs behind the bytes it shares', heaterHash, false],
    ['another', '01020304', false],
  ])('are taken when the hash they say is theirs: %s', (_what, told, ok) => {
    const models = modelRegistry(LIMITS);
    const added = models.tell('good', scaleBytes, told);
    expect(added.ok).toBe(ok);
    expect(models.all()).toHaveLength(ok ? 1 : 0);
  });

  it('are compiled once for all tenants that have them', () => {
    const models = modelRegistry(LIMITS);
    for (const tenant of ['a', 'b', 'c']) models.tell(tenant, scaleBytes, scaleHash);
    expect(models.all().map(({ tenant }) => tenant)).toEqual(['a', 'b', 'c']);
    expect(new Set(models.all().map(({ model }) => model.checker)).size).toBe(1);
  });
});

describe('room for models', () => {
  const tell = (models: ReturnType<typeof modelRegistry>, tenant: string, n: number) => {
    const { bytes, hash } = nthModel(n);
    const added = models.tell(tenant, bytes, hash);
    return added.ok ? 'taken' : added.cause;
  };

  it('a tenant that has used up its own leaves the others theirs', () => {
    const models = modelRegistry(LIMITS);
    expect([0, 1, 2, 3, 4].map((n) => tell(models, 'evil', n))).toEqual([
      'taken',
      'taken',
      'taken',
      'tenantFull',
      'tenantFull',
    ]);
    expect(tell(models, 'good', 7)).toBe('taken');
    // What it has it may tell again.
    expect(tell(models, 'evil', 0)).toBe('taken');
  });

  it('is bounded for all together, by different models', () => {
    const models = modelRegistry({ maxModels: 4, maxModelsPerTenant: 3 });
    expect([0, 1, 2].map((n) => tell(models, 'a', n))).toEqual(['taken', 'taken', 'taken']);
    expect([3, 4, 0].map((n) => tell(models, 'b', n))).toEqual(['taken', 'full', 'taken']);
  });

  it('is not asked of the operator, nor of what is stored', () => {
    const models = modelRegistry({ maxModels: 0, maxModelsPerTenant: 0 });
    expect(models.give(scaleBytes).ok).toBe(true);
    expect(models.restore('a', nthModel(1).bytes).ok).toBe(true);
    expect(models.restore(OPERATOR, nthModel(2).bytes).ok).toBe(true);
    expect(tell(models, 'a', 3)).toBe('tenantFull');
  });

  it('is not taken by what is no model', () => {
    const models = modelRegistry(LIMITS);
    expect(models.give(Uint8Array.of(0xa0))).toMatchObject({ ok: false, cause: 'noModel' });
    expect(models.all()).toEqual([]);
  });
});
