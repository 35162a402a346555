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
});
