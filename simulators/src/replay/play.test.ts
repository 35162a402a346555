import {
  type MemoryTransport,
  memoryStorage,
  memoryTransport,
  seededRandom,
} from '@usewire/device-sdk/testing';
import { expect, test } from 'vitest';
import { replayModels } from './models/index.ts';
import { type PlayOptions, play } from './play.ts';
import type { Action, Recording } from './recording.ts';

const start = Date.UTC(2007, 4, 18, 13, 37, 34);

function drive(actions: Action[]): Recording {
  return {
    format: 'csv',
    layout: 'test',
    product: 'car',
    rows: actions.length,
    problems: [],
    ignored: [],
    actions,
  };
}

function speedAt(second: number, value: number): Action {
  return { form: 'sample', point: 'speed', atMs: start + second * 1000, value };
}

function hour(): Recording {
  return drive(Array.from({ length: 3600 }, (_, second) => speedAt(second, second % 60)));
}

function playOver(transport: MemoryTransport, recording: Recording, more: Partial<PlayOptions> = {}) {
  const random = seededRandom(1);
  const options = { transport, storage: memoryStorage(), random, patienceMs: 5000, onProgress: () => {} };
  return play(recording, { ...options, ...more });
}

/** Wall time by the last clock that was told: not every message has one. */
function arrived(transport: MemoryTransport) {
  let originMs = Number.NaN;
  return transport.stored.flatMap((message) => {
    if (message.clock) originMs = message.clock.unixMs - message.uptimeMs;
    return message.records.map((record) => ({
      point: record.point,
      atMs: originMs + record.uptimeMs,
      value: record.value,
    }));
  });
}

test('records arrive with the time of the recording, samples after a hole in their place', async () => {
  const transport = memoryTransport(replayModels.car);
  const trip: Action = {
    form: 'session',
    point: 'trip',
    atMs: start,
    endMs: start + 90_000,
    attributes: { distance: 0.5, top_speed: 7.5, driving_speed: 5, stops: 1, longest_hole: 60 },
  };
  const result = await playOver(transport, drive([speedAt(0, 5), speedAt(1, 7.5), speedAt(61, 4), trip]));
  expect(result).toMatchObject({ accepted: 4, gaps: 0, failure: undefined });
  expect(arrived(transport)).toEqual([
    { point: 'speed', atMs: start, value: 5 },
    { point: 'speed', atMs: start + 1000, value: 7.5 },
    { point: 'speed', atMs: start + 61_000, value: 4 },
    { point: 'trip', atMs: start, value: 90 },
  ]);
});

test('a link that is lost on the way loses and doubles nothing', async () => {
  const transport = memoryTransport(replayModels.car);
  const result = await playOver(transport, hour(), {
    onProgress: (done) => {
      if (done > 0 && done < 2500) transport.disconnect();
    },
  });
  expect(result).toMatchObject({ accepted: 3600, gaps: 0, failure: undefined });
  expect(transport.recordCount()).toBe(3600);
  expect(arrived(transport).map((record) => record.atMs)).toEqual(
    Array.from({ length: 3600 }, (_, second) => start + second * 1000),
  );
});

test('a gateway that cannot be reached is told before anything is played', async () => {
  const transport = memoryTransport(replayModels.car);
  transport.setOnline(false);
  const result = await playOver(transport, hour());
  expect(result).toMatchObject({
    accepted: 0,
    failure: { kind: 'unreachable', message: 'unreachable: offline' },
  });
});

test('a gateway that acknowledges nothing any more is given up after the patience', async () => {
  const transport = memoryTransport(replayModels.car);
  transport.loseAcks(() => true);
  const result = await playOver(transport, hour(), { patienceMs: 20 });
  expect(result.failure).toMatchObject({ kind: 'silent' });
  expect(result.failure?.message).toMatch(/messages got no ack in 20 ms/);
});

test('at a speed the recording is played to its end as well', async () => {
  const transport = memoryTransport(replayModels.car);
  let shown = 0;
  const result = await playOver(transport, hour(), {
    speed: 36_000,
    onProgress: (done) => {
      shown = done;
    },
  });
  expect(result).toMatchObject({ accepted: 3600, failure: undefined });
  expect(transport.recordCount()).toBe(3600);
  expect(shown).toBe(3600);
});

test('two recordings of one device are two boots of it', async () => {
  const transport = memoryTransport(replayModels.car);
  const storage = memoryStorage();
  await playOver(transport, drive([speedAt(0, 1)]), { storage });
  await playOver(transport, drive([speedAt(100, 2)]), { storage });
  expect(new Set(transport.stored.map((message) => message.boot)).size).toBe(2);
  expect(arrived(transport).map((record) => record.value)).toEqual([1, 2]);
});
