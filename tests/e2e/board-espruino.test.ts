import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { openSqliteSpool } from '@usewire/gateway';
import { boardModelFile, compileModel, materialise, toBoardModel } from '@usewire/protocol/check';
import { encodeModel, event, int, modelTable, product } from '@usewire/protocol/model';
import { decodeMessage, encodeMessage, fromHex } from '@usewire/protocol/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boardFiles } from '../support/board-files.ts';
import { life, prelude } from '../support/board-script.ts';
import { loadBoardFile } from '../support/board-vm.ts';
import { type EspruinoBoard, espruinoBin, espruinoBoard } from '../support/espruino.ts';
import { startGateway } from '../support/gateway-kit.ts';

/** The same files in the real interpreter. `ESPRUINO_BIN` is its path; its variables tell which board it stands for. */
const lamp = product('day.lamp', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: { switched: event({ id: 1, for: 'service', attributes: { n: int(0, 100_000) } }) },
});
const token = 'token of the lamp';
/** All of them, some minutes from an emulated flash: USEWIRE_CYCLES=10000 */
const cycles = Number(process.env['USEWIRE_CYCLES'] ?? 1000);

async function inNode(script: string): Promise<string[]> {
  const usewire = await loadBoardFile('usewire', { getTime: () => 0 });
  const utf8 = (text: string) => Buffer.from(text).toString('latin1');
  const context = createContext({ require: () => usewire, atob, utf8 });
  return runInContext(`${prelude}${script};sent`, context) as string[];
}

describe('a life of a board, the same in every engine', () => {
  it('is messages in the one encoding that the protocol has', async () => {
    const sent = await inNode(life);
    expect(sent.length).toBeGreaterThan(20);
    for (const line of sent) {
      const bytes = fromHex(line.split(' ')[1]!)!;
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) throw new Error(`${line}: ${decoded.error.detail}`);
      expect(encodeMessage(decoded.value)).toEqual(bytes);
    }
  });
});

describe.skipIf(!espruinoBin)('in the interpreter (needs ESPRUINO_BIN)', () => {
  let board: EspruinoBoard;
  beforeAll(async () => {
    const made = toBoardModel(lamp);
    if (!made.ok) throw new Error(JSON.stringify(made.problems));
    const { usewire, 'usewire-mqtt': mqtt, 'usewire-flash': flash } = await boardFiles();
    board = await espruinoBoard({
      usewire: usewire!,
      'usewire-mqtt': mqtt!,
      'usewire-flash': flash!,
      lamp: boardModelFile(made.model),
    });
  }, 120_000);
  afterAll(() => board?.remove());

  it('writes the bytes that Node writes', async () => {
    const utf8 = 'function utf8(text){return E.toString(E.toUint8Array(text))}';
    // Small boards have no room for all messages: each is told as it comes.
    const told = prelude.replaceAll('sent.push(', "print('SENT ' + ");
    const run = board.run(`${utf8}${told}${life};print('DONE ' + 1);quit();`);
    await run.line('DONE', undefined, 60_000);
    expect(run.lines('SENT')).toEqual(await inNode(life));
    await run.end();
  });

  it(`is as large after ${cycles} records and flushes as after 100`, async () => {
    const script = `${prelude.replace('keep = true', 'keep = false')}
      function utf8(text) { return text; }
      var pou = board();
      pou.tick();
      for (var i = 0; i <= ${cycles}; i++) {
        now += 1000;
        pou.record('boiled', { water: 'pot' });
        pou.record('heat', i % 100);
        pou.flush();
        if (i === 100 || i === ${cycles}) print('USED ' + process.memory().usage);
      }
      print('STATUS ' + JSON.stringify(pou.status()));
      quit();`;
    const run = board.run(script);
    const status = JSON.parse(await run.line('STATUS', undefined, 900_000));
    const [early, late] = run.lines('USED').map(Number);
    // A number takes a variable more once it is large: about 25 are kept, and none of them is a record. One kept record in 300 would show.
    expect(late! - early!).toBeLessThanOrEqual(30);
    expect(status).toMatchObject({ acked: 2 * cycles + 2, accepted: 2 * cycles + 2, queued: 0 });
    await run.end();
  }, 920_000);

  it('leaves the room that the tables of docs/boards.md say', async () => {
    const script = `
      function used() { return process.memory().usage; }
      var a = used(), usewire = require('usewire'), b = used(), mqtt = require('usewire-mqtt'), c = used();
      var lamp = require('lamp'), d = used();
      var pou = usewire.start(lamp, { link: mqtt.mqtt({ host: '127.0.0.1', port: 1, tenant: 't', device: 'd', token: 'x' }) });
      var e = used();
      print('VARS ' + JSON.stringify({ total: process.memory().total, block: process.memory().blocksize, usewire: b - a, mqtt: c - b, model: d - c, started: e - d, free: process.memory().free }));
      quit();`;
    const run = board.run(script);
    const vars = JSON.parse(await run.line('VARS'));
    await run.end();
    expect(vars.usewire + vars.mqtt + vars.started).toBeLessThanOrEqual(830);
    // ESP8266: the floor below which nothing is recorded, and the queue.
    expect(vars.free).toBeGreaterThan(250 + 120);
  });

  it('sends after a kill what waited in its flash, each once', async () => {
    // The upper half of the emulated flash, which Storage does not reach here. The link of a first life never opens.
    const life = (isOnline: boolean, from: number) => `
      var sent = 0, events;
      var link = {
        open: function (will, e) { events = e; ${isOnline ? 'setTimeout(function () { e.onOpen(); }, 1);' : ''} },
        send: function (tag, leaf, bytes) {
          if (leaf === 'up') { var hex = ''; for (var i = 0; i < bytes.length; i++) hex += (256 + bytes.charCodeAt(i)).toString(16).substr(1); print('\\nUP ' + hex); }
          setTimeout(function () { events.onAck(tag); }, 1);
          return true;
        },
        close: function () {}
      };
      var keep = require('usewire-flash').flash({ address: 0x10020000, segments: 4, segmentBytes: 4096 });
      var pou = require('usewire').start(require('lamp'), { link: link, outbox: keep, minFree: 0, flushIntervalMs: 100000 });
      for (var n = ${from}; n < ${from} + 40; n++) { pou.record('switched', { n: n }); pou.flush(); }
      setTimeout(function () { print('\\nSTATUS ' + JSON.stringify(pou.status())); }, 3000);`;
    const first = board.run(life(false, 0));
    const { kept } = JSON.parse(await first.line('STATUS', undefined, 60_000)) as { kept: number };
    expect(kept).toBeGreaterThan(0.1);
    await first.end();
    const second = board.run(life(true, 40));
    await second.line('UP', () => second.lines('UP').length >= 80, 120_000);
    const checker = compileModel(modelTable(lamp));
    const numbers = second.lines('UP').flatMap((hex) => {
      const verdict = checker.check(fromHex(hex)!);
      return verdict.ok
        ? materialise(modelTable(lamp), verdict).map(({ attributes }) => attributes['n'] as number)
        : [];
    });
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 80 }, (_, n) => n));
    await second.end();
  }, 180_000);

  it('records into the store of a gateway that restarts meanwhile: nothing lost, nothing doubled', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'usewire-espruino-store-'));
    const tokenSha256 = createHash('sha256').update(token).digest('hex');
    const identity = {
      mode: 'tokens' as const,
      devices: [{ tenant: 'acme', device: 'lamp-1', tokenSha256 }],
    };
    const startOn = (port: number) =>
      startGateway({ identity, models: [encodeModel(lamp)], spool: { directory }, mqtt: { port } });
    let gateway = await startOn(0);
    const port = gateway.mqttPort;
    const script = (secret: string) => `
      var link = require('usewire-mqtt').mqtt({ host: '127.0.0.1', port: ${port}, tenant: 'acme', device: 'lamp-1', token: '${secret}' });
      var pou = require('usewire').start(require('lamp'), { link: link, flushIntervalMs: 100, minRetryMs: 50, maxRetryMs: 400, ackTimeoutMs: 5000, minFree: 0, maxQueueBytes: 3000 });
      var n = 0, end = false;
      setInterval(function () {
        if (n < 600) pou.record('switched', { n: n++ });
        if (n % 50 === 0) print('STATUS ' + JSON.stringify(pou.status()));
      }, 10);`;

    const refused = board.run(script('wrong'));
    await refused.line('STATUS', (text) => JSON.parse(text).problem.startsWith('refused: CONNACK'));
    await refused.end();

    const run = board.run(script(token));
    await run.line('STATUS', (text) => JSON.parse(text).acked >= 150, 30_000);
    await gateway.gateway.stop();
    await run.line(
      'STATUS',
      (text) => JSON.parse(text).link === 'waiting' || JSON.parse(text).link === 'connecting',
    );
    gateway = await startOn(port);
    const last = await run.line(
      'STATUS',
      (text) => JSON.parse(text).accepted === 600 && JSON.parse(text).queued === 0,
      60_000,
    );
    await run.end();
    await gateway.gateway.stop();
    const spool = openSqliteSpool({
      directory,
      maxBytes: 2 ** 40,
      maxQuarantineBytes: 2 ** 20,
      maxQuarantineBytesPerDevice: 2 ** 20,
    });
    const table = modelTable(lamp);
    const checker = compileModel(table);
    const records = spool.readAfter(0, { messages: 1e9, bytes: 1e12 }).flatMap(({ payload }) => {
      const verdict = checker.check(payload);
      return verdict.ok ? materialise(table, verdict) : [];
    });
    await spool.close();
    rmSync(directory, { recursive: true, force: true });
    expect(JSON.parse(last)).toMatchObject({ acked: 600, drops: { evicted: 0 } });
    expect(records.filter((each) => each.point === 'switched').map((each) => each.attributes['n'])).toEqual(
      Array.from({ length: 600 }, (_, n) => n),
    );
  }, 120_000);
});
