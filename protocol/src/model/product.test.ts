import { describe, expect, it } from 'vitest';
import { bed } from './bed.fixture.ts';
import { counter, gauge, num, optional, product } from './index.ts';

describe('product', () => {
  it('fills in defaults', () => {
    const made = product('a', 1, {
      purposes: { a: { basis: 'contract', code: 'research' } },
      points: { p: counter({ id: 1, for: 'a' }) },
    });
    expect(made.points.p).toEqual({
      kind: 'counter',
      id: 1,
      for: 'a',
      sensitivity: 'personal',
      perSubject: false,
      retentionDays: 365,
      priority: 'normal',
      resolutionMs: 1,
      attributes: {},
      context: [],
      scale: 1,
    });
    expect([made.subjects, made.intents, made.actors, made.rules]).toEqual([[], [], [], []]);
  });

  it('keeps sessions to the second unless told otherwise', () => {
    expect(bed.points.sleep.resolutionMs).toBe(1000);
  });

  it('makes a copy of an attribute optional and leaves the original as it was', () => {
    const angle = num({ unit: 'deg', title: 'Angle' });
    expect(optional(angle)).toEqual({ ...angle, optional: true });
    expect(angle.optional).toBe(false);
  });

  it('takes undefined options as absent', () => {
    expect(gauge({ id: 1, for: 'a', unit: undefined, scale: undefined })).toEqual(gauge({ id: 1, for: 'a' }));
  });

  it.each([
    [
      'an id that is used twice',
      { p: { id: 1, for: 'a' }, q: { id: 1, for: 'a' } },
      'POINT_ID_TWICE',
      'points.q.id',
    ],
    ["the gap point's id", { p: { id: 0, for: 'a' } }, 'POINT_ID_TWICE', 'points.p.id'],
    ['a purpose that is not declared', { p: { id: 1, for: 'b' } }, 'POINT_PURPOSE', 'points.p.for'],
  ])('throws for %s: no table could be made of it', (_what, points, code, path) => {
    const build = () =>
      product('a', 1, {
        purposes: { a: { basis: 'contract', code: 'research' } },
        points: Object.fromEntries(Object.entries(points).map(([name, spec]) => [name, counter(spec)])),
      } as never);
    expect(build).toThrow(expect.objectContaining({ code, path, message: expect.stringContaining(path) }));
  });

  it('leaves everything else to the compiler and to checkModel', () => {
    expect(() => product('Not A Name', 0, {} as never)).not.toThrow();
  });
});
