import {
  createDevice,
  type RandomPort,
  type StoragePort,
  type TransportPort,
} from '@usewire/device-sdk/core';
import { createBell } from './bell.ts';
import { countedTransport } from './counting-transport.ts';
import { replayModels } from './models/index.ts';
import { breathe, connect, drain, type Player, type PlayFailure, runTo, tick } from './player.ts';
import type { Recording } from './recording.ts';
import { recordingClock } from './recording-clock.ts';
import { type LoosePoints, type OpenSessions, type Step, stepsOf } from './steps.ts';

export interface PlayOptions {
  transport: TransportPort;
  /** Kept from file to file of one device, so that its boots are counted on. */
  storage: StoragePort;
  random: RandomPort;
  /** Times as fast as it was; undefined: as fast as it can. */
  speed?: number;
  patienceMs: number;
  onProgress(done: number, total: number): void;
}

export interface PlayResult {
  accepted: number;
  gaps: number;
  bytes: number;
  failure?: PlayFailure;
}

/** Runs a recording through the device SDK: its clock shows the recording's time, its link is a real one. */
export async function play(recording: Recording, options: PlayOptions): Promise<PlayResult> {
  const model = replayModels[recording.product];
  const steps = stepsOf(recording.actions, model);
  const clock = recordingClock(steps[0]!.atMs);
  const bell = createBell();
  const transport = countedTransport(options.transport, bell.ring);
  const device = createDevice({
    model,
    // A tick comes with the next breath: one for every record would only cost time.
    ports: { clock, transport, storage: options.storage, random: options.random, wake: bell.ring },
    options: deviceOptions(options.speed),
  });
  const player: Player = {
    device,
    clock,
    transport,
    bell,
    patienceMs: options.patienceMs,
    nextTickMs: clock.nowMs(),
  };
  const points = device.points as LoosePoints;
  const failure = (await connect(player)) ?? (await playSteps(player, { steps, points, options }));
  const { accepted, drops } = device.status();
  device.stop(0, () => {});
  device.tick();
  const gaps = Object.values(drops).reduce((sum, count) => sum + count, 0);
  return { accepted, gaps, bytes: transport.bytes(), failure };
}

/** With a clock that runs ahead of the link, the wait for an ack is no measure: `patienceMs` stands guard instead. */
const foreverMs = 1e12;

function deviceOptions(speed: number | undefined) {
  return {
    software: 'usewire-sim replay',
    flushIntervalMs: 600_000,
    bulkFlushIntervalMs: 600_000,
    syncIntervalMs: 60_000,
    statusIntervalMs: 0,
    maxOutboxBytes: 256 * 2 ** 20,
    maxMemoryBytes: 16 * 2 ** 20,
    ackTimeoutMs: speed === undefined ? foreverMs : 30_000 * Math.max(1, speed),
  };
}

const stepsPerBreath = 500;
const maxWaitingMessages = 64;

interface Play {
  steps: readonly Step[];
  points: LoosePoints;
  options: PlayOptions;
}

async function playSteps(player: Player, { steps, points, options }: Play): Promise<PlayFailure | undefined> {
  const open: OpenSessions = new Map();
  let done = 0;
  const pace = pacemaker(player, options.speed, () => options.onProgress(done, steps.length));
  for (const [at, step] of steps.entries()) {
    if (at % stepsPerBreath === 0) {
      options.onProgress(at, steps.length);
      const failure = await breathe(player, maxWaitingMessages);
      if (failure) {
        return failure;
      }
    }
    await pace?.(step.atMs);
    runTo(player, step.atMs);
    step.run(points, open);
    done = at + 1;
  }
  options.onProgress(steps.length, steps.length);
  return drain(player);
}

const wakeMs = 100;

/** Holds a step back until the recording's time, running `speed` times as fast as the real one, has come to it. */
function pacemaker(player: Player, speed: number | undefined, onWait: () => void) {
  if (speed === undefined) {
    return undefined;
  }
  const begun = { realMs: performance.now(), atMs: player.clock.nowMs() };
  const reached = () => begun.atMs + (performance.now() - begun.realMs) * speed;
  return async (atMs: number): Promise<void> => {
    while (reached() < atMs) {
      onWait();
      await player.bell.heard(Math.min(wakeMs, (atMs - reached()) / speed));
      runTo(player, Math.min(atMs, reached()));
      tick(player);
    }
  };
}
