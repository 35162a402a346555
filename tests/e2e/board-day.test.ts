import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteSpool } from '@usewire/gateway';
import { compileModel, type DecodedRecord, materialise } from '@usewire/protocol/check';
import {
  counter,
  encodeModel,
  event,
  gauge,
  modelTable,
  oneOf,
  product,
  series,
  session,
} from '@usewire/protocol/model';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { boardMqtt } from '../support/board-vm.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway-kit.ts';
import { answered, startVirtualBoard, virtualFirmware } from '../support/virtual-board.ts';

/** The files that a board loads, in a bare engine, against a gateway over TCP, into its store. */
const bed = product('day.bed', 1, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    health: { basis: 'consent', code: 'personalisation', special: true },
  },
  subjects: ['left', 'right'],
  points: {
    moved: event({ id: 1, for: 'service', perSubject: true, attributes: { to: oneOf('flat', 'tv') } }),
    lifts: counter({ id: 2, for: 'service' }),
    motor: gauge({ id: 3, for: 'service', range: [-20, 120], scale: 0.1 }),
    massage: session({ id: 4, for: 'service' }),
    heart: series({
      id: 5,
      for: 'health',
      sensitivity: 'special',
      perSubject: true,
      range: [25, 220],
      periodMs: 10_000,
    }),
  },
});
const table = modelTable(bed);
const token = 'token of the bed';
const identity = {
  mode: 'tokens' as const,
  devices: [
    { tenant: 'acme', device: 'bed-1', tokenSha256: createHash('sha256').update(token).digest('hex') },
  ],
};
/** A day passes in seconds. */
const noLimit = { messagesPerSecond: 1e6, burstMessages: 1e6, bytesPerSecond: 2 ** 30, burstBytes: 2 ** 30 };

let directory = '';
let gateway: TestGateway;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'usewire-board-day-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function startOn(port: number): Promise<TestGateway> {
  const options = { identity, models: [encodeModel(bed)], guard: { device: noLimit } };
  return startGateway({ ...options, spool: { directory }, mqtt: { port } });
}

function stored(): DecodedRecord[] {
  const spool = openSqliteSpool({
    directory,
    maxBytes: 2 ** 40,
    maxQuarantineBytes: 2 ** 20,
    maxQuarantineBytesPerDevice: 2 ** 20,
  });
  const checker = compileModel(table);
  const records = spool.readAfter(0, { messages: 1e9, bytes: 1e12 }).flatMap(({ payload }) => {
    const verdict = checker.check(payload);
    return verdict.ok ? materialise(table, verdict) : [];
  });
  void spool.close();
  return records;
}

const values = (records: DecodedRecord[], point: string) =>
  records.filter((record) => record.point === point).map((record) => record.value);

it('a day of a bed is stored as it was recorded, though the gateway restarts in the middle of it', async () => {
  gateway = await startOn(0);
  const port = gateway.mqttPort;
  const firmware = virtualFirmware();
  const options = { host: '127.0.0.1', port, tenant: 'acme', device: 'bed-1', token };
  const link = await boardMqtt(options);
  // Room for what comes while the gateway is away, six minutes.
  const board = await startVirtualBoard(firmware, bed, {
    link,
    flushIntervalMs: 60_000,
    maxQueueBytes: 4000,
  });
  board.consent({ health: true }, 'left');
  const recorded = {
    motor: [] as number[],
    heart: [] as number[],
    moved: [] as string[],
    lifts: 0,
    massage: 0,
  };

  for (let second = 0; second < 86_400; second += 10) {
    recorded.heart.push(50 + (second % 37));
    board.record('heart', recorded.heart.at(-1), undefined, 'left');
    board.record('heart', 70, undefined, 'right');
    if (second % 300 === 0) {
      recorded.motor.push(20 + (second % 700) / 10);
      board.record('motor', recorded.motor.at(-1));
    }
    if (second % 3600 === 0) {
      recorded.moved.push(second % 7200 === 0 ? 'tv' : 'flat');
      board.record('moved', { to: recorded.moved.at(-1) }, 'right');
      board.record('lifts', 2);
      recorded.lifts += 2;
    }
    if (second === 43_200) {
      board.record('massage', 600_000);
      await gateway.gateway.stop();
      await eventually(() => board.status().link !== 'open', 'the loss of the link');
    }
    if (second === 43_560) gateway = await startOn(port);
    firmware.pass(10_000);
    await answered(board);
  }
  board.flush();
  for (let i = 0; i < 100 && board.status().queued > 0; i += 1) {
    firmware.pass(10_000);
    await answered(board);
  }
  const status = board.status();
  board.stop();
  await gateway.gateway.stop();

  expect(status).toMatchObject({ queued: 0, drops: { evicted: 0, invalid: 0, overflow: 0 } });
  expect(status.clock?.quality).toBe(3);
  const records = stored();
  expect(values(records, 'heart')).toEqual(recorded.heart);
  expect(values(records, 'motor')).toEqual(recorded.motor);
  expect(values(records, 'massage')).toEqual([600]);
  expect(records.filter((each) => each.point === 'moved').map((each) => each.attributes['to'])).toEqual(
    recorded.moved,
  );
  expect(values(records, 'lifts').at(-1)).toBe(recorded.lifts);
  expect(records).toHaveLength(status.acked);
  expect(status.acked).toBe(status.accepted);
});

it('a wrong password is seen, and not tried again at once', async () => {
  gateway = await startOn(0);
  const firmware = virtualFirmware();
  const options = {
    host: '127.0.0.1',
    port: gateway.mqttPort,
    tenant: 'acme',
    device: 'bed-1',
    token: 'wrong',
  };
  const board = await startVirtualBoard(firmware, bed, { link: await boardMqtt(options) });
  await eventually(() => board.status().link === 'waiting', 'the refusal');
  expect(board.status().problem).toMatch(/^refused: CONNACK [45]$/);
  firmware.pass(59_000);
  expect(board.status().link).toBe('waiting');
  board.stop();
  await gateway.stop();
});
