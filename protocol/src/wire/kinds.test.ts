import { describe, expect, it } from 'vitest';
import { consumesSeq, Kind, kindName } from './kinds.ts';

describe('kinds', () => {
  it('only messages whose content is stored once consume a sequence number', () => {
    expect(Object.values(Kind).filter(consumesSeq)).toEqual([
      Kind.data,
      Kind.choice,
      Kind.eraseAck,
      Kind.export,
      Kind.eraseReq,
    ]);
  });

  it.each([
    [0, 'hello'],
    [17, 'export'],
    [19, 'eraseReceipt'],
    [20, 'unknown'],
    [-1, 'unknown'],
  ])('%i is called %s', (kind, name) => {
    expect(kindName(kind)).toBe(name);
  });
});
