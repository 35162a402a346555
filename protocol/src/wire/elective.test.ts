import { describe, expect, it } from 'vitest';
import { electiveInt, readElectiveInt, sortedElective } from './elective.ts';

describe('elective labels', () => {
  it('carry integers that are read back by their label', () => {
    const list = [electiveInt(-1, 93), electiveInt(-2, -71), electiveInt(-40, 9007199254740991)];
    expect([-1, -2, -40, -3].map((label) => readElectiveInt(list, label))).toEqual([
      93,
      -71,
      9007199254740991,
      null,
    ]);
    expect(readElectiveInt(undefined, -1)).toBeNull();
  });

  it('are null where they hold something else', () => {
    expect(readElectiveInt([{ label: -1, item: Uint8Array.of(0xf5) }], -1)).toBeNull();
    expect(readElectiveInt([{ label: -1, item: Uint8Array.of(0, 0) }], -1)).toBeNull();
  });

  it('are sorted for the wire without changing the list given', () => {
    const list = [electiveInt(-3, 0), electiveInt(-1, 0)];
    expect(sortedElective(list).map((item) => item.label)).toEqual([-1, -3]);
    expect(list.map((item) => item.label)).toEqual([-3, -1]);
    expect(sortedElective(undefined)).toEqual([]);
  });

  it.each([0, 1, -0.5, Number.NaN])('throw with the label %d', (label) => {
    expect(() => sortedElective([{ label, item: Uint8Array.of(0) }])).toThrow(/elective label/);
  });

  it('throw when a label comes twice', () => {
    expect(() => sortedElective([electiveInt(-1, 0), electiveInt(-1, 1)])).toThrow(/twice/);
  });
});
