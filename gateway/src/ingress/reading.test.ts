import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { Reading } from './reading.ts';

function world() {
  const log: string[] = [];
  const timers: { delayMs: number; task: () => void }[] = [];
  const socket = {
    destroyed: false,
    pause: () => log.push('pause'),
    resume: () => log.push('resume'),
  };
  const resumed = { again: () => {} };
  const reading = new Reading(socket as unknown as Socket, {
    after: (delayMs, task) => {
      const timer = { delayMs, task };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
    resumed: () => resumed.again(),
  });
  return { log, timers, reading, resumed };
}

it('goes on when the last cause has gone', () => {
  const { reading, log } = world();
  reading.hold('pressure', true);
  reading.hold('broker', true);
  reading.hold('pressure', false);
  expect(reading.isOn()).toBe(false);
  reading.hold('broker', false);
  reading.hold('broker', false);
  expect(log).toEqual(['pause', 'pause', 'resume']);
});

it('S2: holds a device for a time, and again where what was read before is already too much', () => {
  const { reading, log, timers, resumed } = world();
  reading.holdFor('pace', 70);
  resumed.again = () => reading.holdFor('pace', 30);
  timers.shift()!.task();
  expect(log).toEqual(['pause', 'pause']);
  resumed.again = () => {};
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([30]);
  timers.shift()!.task();
  expect(log).toEqual(['pause', 'pause', 'resume']);
});

it('waits for nothing after the end', () => {
  const { reading, timers } = world();
  reading.holdFor('pace', 70);
  reading.end();
  expect(timers).toEqual([]);
});
