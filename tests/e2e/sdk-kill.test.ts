import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@usewire/device-sdk/testing';
import { compileModel, type DecodedRecord, materialise } from '@usewire/protocol/check';
import { modelTable } from '@usewire/protocol/model';
import { decodeMessage, Kind, toHex } from '@usewire/protocol/wire';
import { build } from 'tsup';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/gateway-kit.ts';
import { type MqttGateway, mqttGateway } from '../support/mqtt-gateway.ts';
import { tally } from '../support/sdk-child.ts';

const root = mkdtempSync(join(tmpdir(), 'usewire-kill-'));
const seed = Number(process.env.USEWIRE_SEED ?? Math.floor(Math.random() * 2 ** 31));

beforeAll(async () => {
  await build({
    entry: { child: join(import.meta.dirname, '../support/sdk-child.ts') },
    outDir: root,
    format: ['cjs'],
    platform: 'node',
    target: 'node20',
    noExternal: [/./],
    splitting: false,
    silent: true,
    config: false,
    dts: false,
    esbuildOptions: (options) => {
      options.conditions = ['@usewire/source'];
    },
  });
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Progress {
  trying: number;
  tryingInvalid: number;
  handed: number;
  handedInvalid: number;
}

/** Runs a child; `kill` says when to end it without a word. */
async function runChild(
  orders: object,
  killAfter: ((progress: Progress) => number) | null,
): Promise<Progress> {
  const child = spawn(process.execPath, [join(root, 'child.cjs'), JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const progress: Progress = { trying: 0, tryingInvalid: 0, handed: 0, handedInvalid: 0 };
  let text = '';
  let isDoomed = false;
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const told = JSON.parse(line) as { trying?: number; handed?: number; invalid?: number };
      if (told.trying !== undefined)
        Object.assign(progress, { trying: told.trying, tryingInvalid: told.invalid });
      if (told.handed !== undefined)
        Object.assign(progress, { handed: told.handed, handedInvalid: told.invalid });
    }
    if (!isDoomed && killAfter && progress.handed > 0) {
      isDoomed = true;
      setTimeout(() => child.kill('SIGKILL'), killAfter(progress));
    }
  });
  await new Promise((resolve) => child.once('close', resolve));
  return progress;
}

function readAll(broker: MqttGateway): { records: DecodedRecord[]; repeated: number } {
  const table = modelTable(tally);
  const checker = compileModel(table);
  const seen = new Set<string>();
  const records: DecodedRecord[] = [];
  let repeated = 0;
  for (const { payload } of broker.received) {
    const decoded = decodeMessage(payload);
    if (!decoded.ok) throw new Error(decoded.error.detail);
    const message = decoded.value;
    if (message.kind !== Kind.data) continue;
    const key = `${typeof message.boot === 'number' ? message.boot : toHex(message.boot)}/${message.seq}`;
    if (seen.has(key)) {
      repeated += 1;
      continue;
    }
    seen.add(key);
    const verdict = checker.check(payload);
    if (!verdict.ok) throw new Error(verdict.detail);
    records.push(...materialise(table, verdict));
  }
  return { records, repeated };
}

it(`kill -9 at any moment loses nothing that was handed over and stores nothing twice (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  const broker = await mqttGateway();
  const dataDir = join(root, 'data');
  let from = 0;
  const handed: [number, number][] = [];
  let invalid = { least: 0, most: 0 };
  for (let round = 0; round < 6; round++) {
    broker.hangAcks(round % 3 === 1);
    const orders = { port: broker.port, dataDir, from, drain: false };
    const progress = await runChild(orders, () => Math.floor(random.next() * 250));
    handed.push([from, progress.handed]);
    invalid = {
      least: invalid.least + progress.handedInvalid,
      most: invalid.most + Math.max(progress.handedInvalid, progress.tryingInvalid),
    };
    from = Math.max(progress.trying, progress.handed);
    if (random.next() < 0.5) broker.dropClients();
  }
  broker.hangAcks(false);
  await eventually(() => broker.connected().length === 0, 'the last child to be gone');
  await runChild({ port: broker.port, dataDir, from, drain: true }, null);

  const { records } = readAll(broker);
  const numbers = records.filter((each) => each.pointId !== 0).map((each) => each.attributes.n as number);
  const stored = new Set(numbers);
  expect(stored.size).toBe(numbers.length);
  const missing = handed.flatMap(([first, end]) =>
    Array.from({ length: end - first }, (_, i) => first + i).filter((n) => !stored.has(n)),
  );
  expect(missing).toEqual([]);
  const gaps = records.filter((each) => each.pointId === 0);
  const lost = gaps.reduce((sum, gap) => sum + (gap.value as number), 0);
  expect(gaps.every((gap) => gap.attributes.cause === 'invalid')).toBe(true);
  expect(lost).toBeGreaterThanOrEqual(invalid.least);
  expect(lost).toBeLessThanOrEqual(invalid.most);
  await broker.stop();
}, 90_000);
