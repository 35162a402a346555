import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewayOptions, GatewayPorts } from '@usewire/gateway';
import { memorySpool } from '@usewire/gateway';
import { encodeSerialFrame } from '@usewire/protocol/serial';
import { crc32, Kind } from '@usewire/protocol/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  eventually,
  lampData,
  lampHello,
  lampModelMessage,
  startGateway,
  type TestGateway,
} from '../support/gateway-kit.ts';
import { type RawSerialDevice, rawSerialDevice } from '../support/serial-device.ts';
import { lineNote, noLine, type SerialLine, serialLine } from '../support/serial-line.ts';
import { isBuilt, usewire } from '../support/usewire-cli.ts';

const id = { tenant: 'acme', device: 'lamp-1' };
const noise = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 197 + 91) & 0xff);

interface LoggedEvent {
  level: string;
  event: string;
  fields: Record<string, unknown>;
}

function recordingLog() {
  const events: LoggedEvent[] = [];
  const write =
    (level: string) =>
    (event: string, fields: Record<string, unknown> = {}) =>
      void events.push({ level, event, fields });
  return {
    events,
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
  };
}

describe.skipIf(noLine)(`a device on a serial port${lineNote}`, () => {
  let line: SerialLine;
  let device: RawSerialDevice;
  let running: TestGateway;
  const logged = recordingLog();

  async function begin(
    options: Partial<GatewayOptions> = {},
    ports: GatewayPorts = {},
    mode: 'framed' | 'line' = 'framed',
  ) {
    const port = { path: line.gatewayEnd, ...id, mode, wiring: 'housed' as const };
    running = await startGateway({ serial: { ports: [port] }, ...options }, { log: logged.log, ...ports });
    await eventually(isUp, 'the port to be opened');
    device = await rawSerialDevice(line.deviceEnd, mode);
  }
  const status = () => running.gateway.view.serialPorts()[0]!;
  const isUp = () => status().state === 'open';
  const counters = () => running.gateway.view.counters();

  beforeEach(async () => {
    logged.events.length = 0;
    line = await serialLine();
  });
  afterEach(async () => {
    await device.close();
    await running.stop();
    await line.end();
  });

  it.each(['framed', 'line'] as const)(
    'calls, says hello, and what it sends is stored before its receipt: %s',
    async (mode) => {
      await begin({}, {}, mode);
      await device.call();
      await device.deliver(lampHello(0));
      for (let seq = 0; seq < 20; seq += 1) await device.deliver(lampData(seq));
      expect(counters()).toMatchObject({ messages: 20, records: 40, reports: 1, duplicates: 0 });
      expect(running.gateway.view.devices()).toMatchObject([{ ...id, state: 'online', messages: 20 }]);
    },
  );

  it('is acknowledged again when a frame comes again, and it is stored once', async () => {
    await begin();
    await device.call();
    await device.deliver(lampHello(0));
    await device.deliver(lampData(0));
    device.receipts.clear();
    await device.deliver(lampData(0));
    expect(counters()).toMatchObject({ messages: 1, duplicates: 1 });
  });

  it('gets no receipt while the store refuses, and gets it when it takes again', async () => {
    const store = memorySpool();
    const commit = store.commit.bind(store);
    let isFull = false;
    store.commit = (...args) =>
      isFull
        ? Promise.resolve({ ok: false, failure: { code: 'SPOOL_FULL', message: 'full' } })
        : commit(...args);
    await begin({}, { store });
    await device.call();
    await device.deliver(lampHello(0));
    isFull = true;
    const checksum = device.send(lampData(0));
    await eventually(() => counters().commitFailures > 0, 'the refusal');
    expect(device.receipts.has(checksum)).toBe(false);
    isFull = false;
    await eventually(() => device.receipts.has(checksum), 'the receipt');
    expect(counters().messages).toBe(1);
  });

  it('that sends what cannot be right gets a nack and a receipt, and stays in', async () => {
    await begin();
    await device.call();
    await device.deliver(lampHello(0));
    await device.deliver(Uint8Array.of(0xa1, 0x00, 0x18, 0x63));
    await eventually(() => device.messages.some(({ kind }) => kind === Kind.nack), 'the nack');
    await device.deliver(lampData(0));
    const [entry] = running.gateway.view.quarantine({});
    expect(entry).toMatchObject({ ...id, link: 'serial' });
  });

  it('is asked for its model before its hello is acknowledged', async () => {
    await begin({ models: [] });
    await device.call();
    await device.deliver(lampHello(0));
    expect(device.messages.map(({ kind }) => kind)).toEqual([Kind.modelReq]);
    device.send(lampModelMessage());
    await device.deliver(lampData(0));
    await eventually(() => counters().messages === 1, 'the message');
  });

  it('that did not call is told to, and nothing of it is taken', async () => {
    await begin();
    device.send(lampData(0));
    await eventually(() => device.hangUps.length > 0, 'the hang-up');
    expect(device.hangUps[0]).toMatchObject({ cause: 'closed' });
    expect(counters().received).toBe(0);
  });

  it('loses no frame to noise and text around it, and one to noise in it', async () => {
    await begin();
    await device.call();
    await device.deliver(lampHello(0));
    for (let seq = 0; seq < 30; seq += 1) {
      device.write(seq % 2 ? noise(40) : '\r\n> console.log("hello")\r\n=undefined\r\n');
      device.write(Uint8Array.of(0));
      await device.deliver(lampData(seq));
    }
    const hurt = Buffer.from(encodeSerialFrame('up', lampData(30), crc32));
    hurt[20]! ^= 1;
    device.write(hurt);
    await device.deliver(lampData(31));
    expect(counters()).toMatchObject({ messages: 31, quarantined: {} });
    expect(status().badFrames).toBeGreaterThan(0);
  });

  it('is understood whatever the pieces are', async () => {
    await begin();
    await device.call();
    await device.deliver(lampHello(0));
    const before = device.receipts.size;
    for (let seq = 0; seq < 5; seq += 1) {
      for (const byte of encodeSerialFrame('up', lampData(seq), crc32)) device.write(Uint8Array.of(byte));
    }
    await eventually(() => device.receipts.size === before + 5, 'five receipts');
    expect(counters().messages).toBe(5);
  });

  it('keeps its console in line mode: echo and prompts are no faults', async () => {
    await begin({}, {}, 'line');
    await device.call();
    await device.deliver(lampHello(0));
    for (let seq = 0; seq < 10; seq += 1) {
      device.write(`\r\n>print(${seq})\r\n${'x'.repeat(300)}\r\n>`);
      await device.deliver(lampData(seq));
    }
    expect(counters().messages).toBe(10);
    expect(status()).toMatchObject({ badFrames: 0, problem: null });
  });

  it('goes on after the cable was pulled and put in again, told once each', async () => {
    await begin();
    await device.call();
    await device.deliver(lampHello(0));
    await device.deliver(lampData(0));
    await line.unplug();
    await eventually(() => !isUp(), 'the loss');
    expect(running.gateway.view.devices()).toMatchObject([{ state: 'lost' }]);
    await device.close();
    await eventually(() => logged.events.some(({ event }) => event === 'serial.away'), 'the failed attempt');
    await line.plug();
    await eventually(isUp, 'the port again');
    device = await rawSerialDevice(line.deviceEnd);
    await device.call();
    await device.deliver(lampHello(1));
    await device.deliver(lampData(0));
    await device.deliver(lampData(1));
    expect(counters()).toMatchObject({ messages: 2, duplicates: 1 });
    const told = (event: string) => logged.events.filter((each) => each.event === event).length;
    expect([told('serial.lost'), told('serial.away'), told('serial.opened')]).toEqual([1, 1, 2]);
  });

  it('that floods is read at its pace and counted, while its neighbour has its receipts', async () => {
    const other = await serialLine();
    const pace = { messagesPerSecond: 200, burstMessages: 200, bytesPerSecond: 20_000, burstBytes: 20_000 };
    const ports = [
      { path: line.gatewayEnd, ...id, wiring: 'housed' as const },
      { path: other.gatewayEnd, tenant: 'acme', device: 'lamp-2', wiring: 'housed' as const },
    ];
    await begin({ serial: { ports }, guard: { device: pace } });
    await eventually(
      () => running.gateway.view.serialPorts().every(({ state }) => state === 'open'),
      'both ports',
    );
    const neighbour = await rawSerialDevice(other.deviceEnd);
    const memory = process.memoryUsage().rss;
    for (let i = 0; i < 200; i += 1) device.write(noise(4_096));
    await neighbour.call();
    await neighbour.deliver(lampHello(0));
    for (let seq = 0; seq < 20; seq += 1) await neighbour.deliver(lampData(seq));
    expect(counters()).toMatchObject({ messages: 20 });
    expect(counters().pauses).toBeGreaterThan(0);
    expect(running.gateway.view.gauges().uncommittedBytes).toBe(0);
    expect(process.memoryUsage().rss - memory).toBeLessThan(100 * 2 ** 20);
    await neighbour.close();
    await other.end();
  });
});

describe.skipIf(noLine || !isBuilt)(`the registry and serial ports${lineNote}`, () => {
  it('lets in a registered device only, and no more within a second of its revocation', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'usewire-serial-'));
    const line = await serialLine();
    const registry = (...words: string[]) =>
      usewire(['device', ...words, 'acme', 'lamp-1', '--data-dir', directory]);
    const ports = [{ path: line.gatewayEnd, ...id, wiring: 'housed' as const }];
    const running = await startGateway({
      spool: { directory },
      identity: { mode: 'registry' },
      serial: { ports },
    });
    await eventually(() => running.gateway.view.serialPorts()[0]!.state === 'open', 'the port');
    const device = await rawSerialDevice(line.deviceEnd);
    device.callOnce();
    await eventually(() => device.hangUps.some(({ cause }) => cause === 'refused'), 'the refusal');
    expect(running.gateway.view.counters().refused).toMatchObject({ 'port-device': 1 });

    expect(await registry('add')).toMatchObject({ code: 0 });
    await device.call();
    await device.deliver(lampHello(0));
    await device.deliver(lampData(0));
    device.hangUps.length = 0;
    expect(await registry('revoke')).toMatchObject({ code: 0 });
    await eventually(() => device.hangUps.some(({ detail }) => detail === 'revoked'), 'the end', 1_000);
    device.send(lampData(1));
    device.callOnce(Uint8Array.of(7, 7));
    await eventually(() => device.hangUps.length > 1, 'the next refusal');
    expect(running.gateway.view.counters().messages).toBe(1);
    await device.close();
    await running.stop();
    await line.end();
    rmSync(directory, { recursive: true, force: true });
  });
});
