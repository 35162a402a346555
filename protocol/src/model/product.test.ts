import { describe, expect, it } from 'vitest';
import { bed } from './bed.fixture.ts';
import { gauge, type ModelError, num, optional, product } from './index.ts';
import { loose, model, ok, wrongModels } from './wrong-models.fixture.ts';

function errorOf(build: () => unknown): ModelError {
  try {
    build();
  } catch (error) {
    return error as ModelError;
  }
  throw new Error('was accepted');
}

describe('product refuses at run time', () => {
  it.each(wrongModels)('%s', (_what, build, code, path, message) => {
    const error = errorOf(build);
    expect({ code: error.code, path: error.path }).toEqual({ code, path });
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(path + ': ')).toBe(true);
  });

  it('names every fault of a model, the first in the message', () => {
    const error = errorOf(model({ points: { p: loose.gauge({ id: 0, for: 'x', scale: 3 }) } }));
    expect(error.faults.map((fault) => fault.code)).toEqual(['POINT_PURPOSE', 'NUMBER_SCALE', 'POINT_ID']);
    expect(error.message).toMatch(/\(and 2 more\)$/);
  });
});

describe('product', () => {
  it('fills in defaults', () => {
    const made = product('a', 1, {
      purposes: { a: { basis: 'contract', code: 'research' } },
      points: { p: ok() },
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
