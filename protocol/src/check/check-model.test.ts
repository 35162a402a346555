import { describe, expect, it } from 'vitest';
import { bed } from '../model/bed.fixture.ts';
import { faultsOf, loose, model } from '../model/wrong-model.fixture.ts';
import { checkModel } from './index.ts';

describe('checkModel', () => {
  it('finds nothing wrong with a model that is right', () => {
    expect(checkModel(bed)).toEqual([]);
  });

  it('tells everything that is wrong, with a code and where', () => {
    const wrong = model({ points: { p: loose.gauge({ id: 0, for: 'x', scale: 3 }) } });
    expect(checkModel(wrong())).toEqual(faultsOf(wrong));
    expect(checkModel(wrong()).map((fault) => fault.path)).toEqual([
      'points.p.for',
      'points.p.scale',
      'points.p.id',
    ]);
  });

  it.each([[undefined], [null], [7], ['acme.bed'], [[]]])('takes %s, which is no model', (value) => {
    expect(checkModel(value).map((fault) => fault.code)).toContain('MODEL_NAME');
  });
});
