import { describe, expect, it } from 'vitest';
import { differences, misbehaviours, type Seen } from './index.ts';

const culprit = {
  tenant: 't',
  device: 'd',
  boot: new Uint8Array(8),
  victim: { tenant: 't', device: 'v' },
};

describe('misbehaviours', () => {
  it.each(misbehaviours.map((one) => [one.id, one] as const))('%s: the same bytes each time', (_, one) => {
    expect(one.steps(culprit)).toEqual(one.steps(culprit));
  });

  it('a gateway that answers otherwise is told in words', () => {
    const { answer } = misbehaviours.find((one) => one.id === 'cbor-json')!;
    const right: Seen = {
      connection: 'open',
      connack: null,
      subacks: [],
      acked: [1],
      nacks: ['outOfRange'],
      served: true,
    };
    expect(differences(answer, right)).toEqual([]);
    expect(differences(answer, { ...right, connection: 'closed', acked: [], served: false })).toEqual([
      'connection: expected "open", seen "closed"',
      'acked: expected [1], seen []',
      'served: expected true, seen false',
    ]);
  });
});
