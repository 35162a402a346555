import { checkModel } from '@usewire/protocol/check';
import { describe, expect, it } from 'vitest';
import { products } from './index.ts';

describe('the models of simulated products', () => {
  it.each(products)('$name has no fault', ({ model }) => {
    expect(checkModel(model)).toEqual([]);
  });
});
