import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDevice,
  event,
  fileStorage,
  gauge,
  int,
  oneOf,
  product,
  series,
  systemRandom,
} from '@usewire/device-sdk';
import { memoryStorage } from '@usewire/device-sdk/testing';

const model = product('bench.bed', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: {
    moved: event({
      id: 1,
      for: 'service',
      attributes: { preset: oneOf('flat', 'zero_g', 'tv'), angle: int(0, 60) },
    }),
    temperature: gauge({ id: 2, for: 'service', range: [-40, 125], scale: 0.1 }),
    heart_rate: series({ id: 3, for: 'service', range: [25, 220], periodMs: 1000, priority: 'bulk' }),
  },
});

/** A gateway that stores everything at once and remembers nothing. */
function instantGateway() {
  let events;
  const figures = { bytes: 0 };
  return {
    figures,
    open: (_will, next) => {
      events = next;
      next.onOpen();
    },
    send: (tag, _leaf, bytes) => {
      figures.bytes += bytes.length;
      events.onAck(tag);
      return true;
    },
    close: () => undefined,
  };
}

const presets = ['flat', 'zero_g', 'tv'];
const record = {
  event: (points, i) => points.moved({ preset: presets[i % 3], angle: i % 61 }),
  gauge: (points, i) => points.temperature.set(20 + (i % 100) / 10),
  series: (points, i) => points.heart_rate.add(60 + (i % 7)),
};

/** Records in turns of 100, a tick after each, as a program with an event loop does. Time is the test's: one record a second. */
async function measure(kind, records, storage) {
  let uptimeMs = 0;
  const transport = instantGateway();
  const clock = { uptimeMs: () => uptimeMs, wall: () => null };
  const ports = { clock, storage, transport, random: systemRandom(), wake: () => undefined };
  const device = createDevice({ model, ports });
  const one = record[kind];
  const spin = async (count) => {
    for (let i = 0; i < count; i += 1) {
      one(device.points, i);
      uptimeMs += 1000;
      if (i % 100 === 99) device.tick();
      // Lets syncs of the files answer.
      if (i % 5000 === 4999) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await spin(20_000);
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  await spin(records);
  const cpu = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - startedMs) / 1000;
  device.flush();
  device.tick();
  globalThis.gc?.();
  const heapGrowth = process.memoryUsage().heapUsed - heapBefore;
  const status = device.status();
  return {
    recordsPerSecond: Math.round(records / seconds),
    microsPerRecord: (cpu.user + cpu.system) / records,
    heapGrowthBytes: heapGrowth,
    lost: Object.values(status.drops).reduce((sum, each) => sum + each, 0),
    bytesPerRecord: transport.figures.bytes / (records + 20_000),
  };
}

/** Bytes taken from the heap for each call of a recorder, without making messages: between two collections nothing is freed. */
function allocation(kind) {
  const transport = { open: () => undefined, send: () => false, close: () => undefined };
  const clock = { uptimeMs: () => 1000, wall: () => null };
  const ports = { clock, storage: memoryStorage(), transport, random: systemRandom(), wake: () => undefined };
  const options = {
    flushRecords: 100_000,
    flushBytes: 262_144,
    maxMemoryBytes: 1 << 26,
    maxOutboxBytes: 1 << 28,
  };
  const device = createDevice({ model, ports, options });
  const attributes = { preset: 'tv', angle: 30 };
  const calls = {
    event: () => device.points.moved(attributes),
    gauge: () => device.points.temperature.set(20),
    series: () => device.points.heart_rate.add(60),
  };
  const call = calls[kind];
  for (let i = 0; i < 12_000; i += 1) call();
  device.flush();
  // The batch's memory grows once to its size; measured is what comes on top.
  for (let i = 0; i < 12_000; i += 1) call();
  device.flush();
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 10_000; i += 1) call();
  return Math.max(0, process.memoryUsage().heapUsed - before) / 10_000;
}

function table(rows) {
  const line = (cells) =>
    cells.map((cell, i) => String(cell)[i === 0 ? 'padEnd' : 'padStart'](i === 0 ? 20 : 14)).join('');
  process.stderr.write(
    `${line(['SDK', 'records/s', 'us/record', 'B allocated', 'B on the wire', 'lost'])}\n`,
  );
  for (const [name, row] of rows) {
    const { recordsPerSecond, microsPerRecord, allocatedBytes, bytesPerRecord, lost } = row;
    const cells = [name, recordsPerSecond.toLocaleString('en'), microsPerRecord.toFixed(2)];
    cells.push(allocatedBytes?.toFixed(0) ?? '', bytesPerRecord?.toFixed(2) ?? '', lost);
    process.stderr.write(`${line(cells)}\n`);
  }
}

/** Records a second through the whole device: check, journal, message, storage, acknowledgement. */
export async function run({ json = false, quick = false } = {}) {
  const records = quick ? 100_000 : 500_000;
  const figures = {};
  for (const kind of Object.keys(record)) {
    const measured = await measure(kind, records, memoryStorage());
    figures[kind] = { ...measured, allocatedBytes: allocation(kind) };
  }
  const folder = mkdtempSync(join(tmpdir(), 'usewire-bench-'));
  const storage = fileStorage(folder);
  // Messages leave when the disk has them; many still wait at the end, so bytes a record would say too little.
  const { bytesPerRecord: _sent, ...toFiles } = await measure('event', Math.round(records / 5), storage);
  figures.eventToFiles = toFiles;
  storage.close();
  rmSync(folder, { recursive: true, force: true });
  if (!json) table(Object.entries(figures));
  return figures;
}

if (process.argv[1] === import.meta.filename) await run();
