// A fleet in a process of its own, so that it can be killed: the real device SDK, files for its state, MQTT over TCP.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { chaosModel, chaosTable, deviceName, PHASES, STEP_MS, TENANT, WORDS } from './model.mjs';
import { load } from './packages.mjs';

const { fileStorage, start } = await load('@usewire/device-sdk');
const { storeBootCounter } = await load('@usewire/device-sdk/testing');
const { stream } = await load('@usewire/simulators');

/** @type {{seed: number, devices: number, gateway: string, folder: string, life: number, days: number, drainMs: number}} */
const options = JSON.parse(process.argv[2]);
const { seed, life, days } = options;

/** Lost links are found and mended within seconds, as the faults come every few seconds. */
const SDK = {
  flushIntervalMs: 300,
  bulkFlushIntervalMs: 1_500,
  minRetryMs: 100,
  maxRetryMs: 1_500,
  ackTimeoutMs: 4_000,
  statusIntervalMs: 5_000,
};
const TURN_MS = 25;
/** Numbers of one life of the fleet; those of the next begin behind them. */
const LIFE_NUMBERS = 1_000_000;
const BOUND_MS = 100;
/** Days without a link are lived in steps of this: a flood of some hundred records a device. */
const OFFLINE_STEP_MS = 1_800_000;
const DAY_MS = 86_400_000;
/** Every sixth device is old: its boot counter ends after two more boots. */
const LAST_BOOTS = 2 ** 32 - 3;

const origin = Date.now() - performance.now();
const file = openSync(join(options.folder, 'truth.ndjson'), 'a');
const write = (lines) => writeSync(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);

/**
 * A clock of steps that stands still during a turn; every fourth device has no time of day. It begins `days` ago and is taken through
 * them step by step. One that was set wrong knows only that it is not synced.
 */
function clockOf(index) {
  let bootMs = performance.now();
  let heldMs = null;
  let wrongByMs = 0;
  let behindMs = days * DAY_MS;
  const uptimeMs = () => heldMs ?? Math.floor((performance.now() - bootMs) / STEP_MS) * STEP_MS;
  const unixMs = () => Math.round(origin + bootMs) - behindMs + uptimeMs();
  const wall = () => {
    if (index % 4 === 3) return null;
    if (wrongByMs !== 0) return { unixMs: unixMs() + wrongByMs, quality: 1 };
    return { unixMs: unixMs(), quality: 3, boundMs: BOUND_MS };
  };
  /** Time passes at once: the device was on all the while. */
  const pass = (ms) => {
    bootMs -= ms;
    behindMs -= ms;
  };
  const setWrong = (byMs) => {
    wrongByMs = byMs;
  };
  const hold = () => {
    heldMs = uptimeMs();
    return heldMs;
  };
  const release = () => {
    heldMs = null;
  };
  return { uptimeMs, unixMs, wall, hold, release, pass, setWrong };
}

/** Truth is on the file before the SDK hears of it: what was in the SDK when the process was killed is in the truth. */
function createProbe(index) {
  const name = deviceName(index);
  const random = stream(seed, name, `life ${life}`);
  const clock = clockOf(index);
  // Every eighth records much and has so little room that it must drop in a long outage, and tell so.
  const small = index % 8 === 5;
  const room = small ? { maxMessageBytes: 256, maxOutboxBytes: 4_096 } : {};
  if (life === 1 && index % 6 === 2) growOld(join(options.folder, 'devices'), name);
  const pou = start(chaosModel, {
    ...SDK,
    ...room,
    gateway: options.gateway,
    tenant: TENANT,
    device: name,
    token: 'chaos',
    dataDir: join(options.folder, 'devices'),
    clock,
  });
  const { boot } = pou.status();
  const resolution = Object.fromEntries(chaosTable.points.map((one) => [one.name, one.resolutionMs]));
  let lastMs = -1;
  let accepted = 0;
  let n = life * LIFE_NUMBERS;

  const lineOf = (point, uptimeMs, more) => {
    const offMs = resolution[point] > 1 ? uptimeMs % resolution[point] : 0;
    const atMs = clock.unixMs() - offMs;
    const place = { tenant: TENANT, device: name, product: chaosModel.product, point, subject: null, boot };
    return { kind: 'record', ...place, uptimeMs: uptimeMs - offMs, atMs, ...more };
  };
  const draw = (uptimeMs) => {
    const what = random.next();
    if (what < 0.6) {
      const attributes = { n: n++, word: random.pick(WORDS) };
      return [lineOf('step', uptimeMs, { value: null, attributes }), () => pou.points.step(attributes)];
    }
    if (what < 0.7) {
      const attributes = { n: n++ };
      return [lineOf('press', uptimeMs, { value: null, attributes }), () => pou.points.press(attributes)];
    }
    if (what < 0.9) {
      const value = random.int(-400, 1250) / 10;
      return [lineOf('level', uptimeMs, { value }), () => pou.points.level.set(value)];
    }
    const value = random.pick(PHASES);
    return [lineOf('phase', uptimeMs, { value }), () => pou.points.phase.set(value)];
  };
  const sample = (uptimeMs) => {
    const value = random.int(-9_999, 9_999) / 10;
    const line = lineOf('wave', uptimeMs, { periodMs: STEP_MS, values: [value] });
    return [{ ...line, kind: 'samples' }, () => pou.points.wave.add(value)];
  };
  return {
    name,
    clock,
    turn() {
      if (clock.uptimeMs() === lastMs) return;
      const uptimeMs = clock.hold();
      lastMs = uptimeMs;
      const drawn = Array.from({ length: random.int(0, small ? 12 : 3) }, () => draw(uptimeMs));
      if (index % 2 === 0) drawn.push(sample(uptimeMs));
      if (drawn.length > 0) write(drawn.map(([line]) => line));
      for (const [, perform] of drawn) perform();
      clock.release();
      accepted += drawn.length;
    },
    async stop() {
      await pou.stop({ drainMs: options.drainMs });
      const status = pou.status();
      write([{ kind: 'account', tenant: TENANT, device: name, boot, accepted: status.accepted, atRisk: 0 }]);
      if (status.accepted !== accepted)
        process.stderr.write(`${name}: SDK accepted ${status.accepted} of ${accepted}\n`);
      return {
        accepted,
        sdkAccepted: status.accepted,
        waiting: status.messages.waiting,
        queued: status.queued,
      };
    },
  };
}

function growOld(folder, name) {
  const storage = fileStorage(join(folder, `${TENANT}.${name}`));
  storeBootCounter(storage, LAST_BOOTS);
  storage.close();
}

/** Everything that a device does in days without a link, at full speed; the SDK has a turn of the event loop for each step. */
async function liveOffline() {
  for (let leftMs = days * DAY_MS; leftMs > 0; leftMs -= OFFLINE_STEP_MS) {
    for (const probe of probes) {
      probe.clock.pass(OFFLINE_STEP_MS);
      probe.turn();
    }
    await new Promise(setImmediate);
  }
}

const probes = Array.from({ length: options.devices }, (_, index) => createProbe(index));
await liveOffline();
let next = 0;
/** A few devices a turn, so that their records do not come all at once. */
const timer = setInterval(() => {
  const share = Math.ceil(probes.length / 4);
  for (let i = 0; i < share; i++) probes[(next + i) % probes.length].turn();
  next = (next + share) % probes.length;
}, TURN_MS);

process.on('message', ({ byMs, share, salt }) => {
  for (const { name, clock } of probes) if (stream(salt, name, 'struck').next() < share) clock.setWrong(byMs);
});

process.once('SIGTERM', async () => {
  clearInterval(timer);
  const ends = await Promise.all(probes.map((probe) => probe.stop()));
  closeSync(file);
  const sum = (pick) => ends.reduce((total, one) => total + pick(one), 0);
  const result = {
    accepted: sum((one) => one.accepted),
    sdkAccepted: sum((one) => one.sdkAccepted),
    waiting: sum((one) => one.waiting),
    queued: sum((one) => one.queued),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
});
process.stdout.write(`${JSON.stringify({ ready: true, devices: probes.length })}\n`);
