import { describe, expect, it } from 'vitest';
import { turns } from './turns.ts';

function world(perRound: number) {
  const planned: (() => void)[] = [];
  const served: string[] = [];
  const line = turns(perRound, (task) => planned.push(task));
  const wait = (address: string, name: string) => line.wait(address, () => served.push(name));
  /** One round of the event loop; false = there was nothing to do. */
  const round = () => {
    const task = planned.shift();
    task?.();
    return task !== undefined;
  };
  return { line, planned, served, wait, round };
}

describe('turns', () => {
  it('S2: serve so many a round and no more, so that devices are read in between', () => {
    const { wait, served, round } = world(2);
    for (const name of ['1', '2', '3', '4', '5']) wait('a', name);
    expect(served).toEqual([]);
    const after = [];
    while (round()) after.push(served.length);
    expect(after).toEqual([2, 4, 5]);
    expect(served).toEqual(['1', '2', '3', '4', '5']);
  });

  it('S2: go round the addresses: who comes alone does not wait behind a flood', () => {
    const { wait, served, round } = world(2);
    for (let i = 0; i < 1_000; i += 1) wait('flood', `f${i}`);
    wait('device', 'd');
    round();
    expect(served).toEqual(['f0', 'd']);
    round();
    expect(served).toEqual(['f0', 'd', 'f1', 'f2']);
  });

  it('are lost by those who leave', () => {
    const { line, wait, served, round } = world(1);
    const leave = wait('a', 'gone');
    wait('a', 'here');
    leave();
    leave();
    expect(line.waiting()).toBe(1);
    while (round());
    expect(served).toEqual(['here']);
    expect(line.waiting()).toBe(0);
  });

  it('plan one round, however many come', () => {
    const { wait, planned } = world(4);
    for (let i = 0; i < 10; i += 1) wait('a', String(i));
    expect(planned).toHaveLength(1);
  });
});
