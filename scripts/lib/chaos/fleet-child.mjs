// A fleet in a process of its own, so that it can be killed: the real device SDK, files for its state, MQTT over TCP.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { chaosModel, chaosTable, deviceName, PHASES, STEP_MS, TENANT, WORDS } from './model.mjs';
import { load } from './packages.mjs';

const { start } = await load('@usewire/device-sdk');
const { stream } = await load('@usewire/simulators');

/** @type {{seed: number, devices: number, gateway: string, folder: string, life: number, drainMs: number}} */
const options = JSON.parse(process.argv[2]);
const { seed, life } = options;

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

const origin = Date.now() - performance.now();
const file = openSync(join(options.folder, 'truth.ndjson'), 'a');
const write = (lines) => writeSync(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);

/** A clock of steps that stands still during a turn; every fourth device has no time of day. */
function clockOf(index) {
  const bootMs = performance.now();
  let heldMs = null;
  const uptimeMs = () => heldMs ?? Math.floor((performance.now() - bootMs) / STEP_MS) * STEP_MS;
  const unixMs = () => Math.round(origin + bootMs) + uptimeMs();
  const wall = () => (index % 4 === 3 ? null : { unixMs: unixMs(), quality: 3, boundMs: BOUND_MS });
  const hold = () => {
    heldMs = uptimeMs();
    return heldMs;
  };
  const release = () => {
    heldMs = null;
  };
  return { uptimeMs, unixMs, wall, hold, release };
}

/** Truth is on the file before the SDK hears of it: what was in the SDK when the process was killed is in the truth. */
function createProbe(index) {
  const name = deviceName(index);
  const random = stream(seed, name, `life ${life}`);
  const clock = clockOf(index);
  // Every eighth records much and has so little room that it must drop in a long outage, and tell so.
  const small = index % 8 === 5;
  const room = small ? { maxMessageBytes: 256, maxOutboxBytes: 4_096 } : {};
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

const probes = Array.from({ length: options.devices }, (_, index) => createProbe(index));
let next = 0;
/** A few devices a turn, so that their records do not come all at once. */
const timer = setInterval(() => {
  const share = Math.ceil(probes.length / 4);
  for (let i = 0; i < share; i++) probes[(next + i) % probes.length].turn();
  next = (next + share) % probes.length;
}, TURN_MS);

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
