import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '@usewire/device-sdk';
import { sealed } from '@usewire/device-sdk/seal';
import type { GatewayOptions } from '@usewire/gateway';
import { encodeModel, event, int, modelTable, product } from '@usewire/protocol/model';
import { type Link, minimumLevel, type Sensitivity, sealKeyText } from '@usewire/protocol/seal';
import { ChoiceCode, encodeMessage, Kind } from '@usewire/protocol/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, lampData, type TestGateway } from '../support/gateway-kit.ts';
import {
  keyOf,
  type RawDevice,
  rawDevice,
  sealedUp,
  startSealGateway,
  withSeals,
} from '../support/seal-kit.ts';

const purposes = {
  service: { basis: 'contract', code: 'service_provision' },
  health: { basis: 'consent', code: 'research', special: true },
} as const;

/** Products that differ in what their one point may say of a person. */
const products = {
  public: product('test.public', 1, {
    purposes,
    points: { on: event({ id: 1, for: 'service', sensitivity: 'public', attributes: { n: int(0, 100) } }) },
  }),
  ordinary: product('test.ordinary', 1, {
    purposes,
    points: { on: event({ id: 1, for: 'service', sensitivity: 'ordinary', attributes: { n: int(0, 100) } }) },
  }),
  personal: product('test.personal', 1, {
    purposes,
    points: { on: event({ id: 1, for: 'service', sensitivity: 'personal', attributes: { n: int(0, 100) } }) },
  }),
  special: product('test.special', 1, {
    purposes,
    points: { on: event({ id: 1, for: 'health', sensitivity: 'special', attributes: { n: int(0, 100) } }) },
  }),
};
const models = Object.values(products).map((model) => encodeModel(model));

let directory = '';
let gateway: TestGateway | undefined;
let device: RawDevice | undefined;

async function gatewayWith(options: Partial<GatewayOptions>): Promise<TestGateway> {
  directory = mkdtempSync(join(tmpdir(), 'usewire-policy-'));
  gateway = await startSealGateway(directory, { models, ...options });
  return gateway;
}
afterEach(async () => {
  device?.client.end();
  await gateway?.stop();
  gateway = undefined;
});

const counters = () => gateway!.gateway.view.counters();
let number = 0;

/** What rests on consent needs one first; a choice says nothing of a person's health, and may come over any hop. */
const agreed = Buffer.from(
  encodeMessage({
    ...{ kind: Kind.choice, seq: 1, boot: 5, uptimeMs: 1, epoch: 0, subject: 0 },
    choices: { 8: ChoiceCode.granted },
  }),
);

/** What becomes of a message of a product, sealed in a level. */
async function outcome(
  sensitivity: Sensitivity,
  level: 0 | 1 | 2 | 3,
  agrees = sensitivity === 'special',
): Promise<string> {
  number += 1;
  const id = { tenant: 't', device: `d${number}` };
  const key =
    level === 0
      ? { level: 1 as const, generation: 1, secret: new Uint8Array(32) }
      : withSeals(directory, (seals) => keyOf(seals.give(id, level)));
  const modelHash = modelTable(products[sensitivity]).hash.subarray(0, 4);
  const messages = [lampData(0, { modelHash, boot: 5, records: 1, epoch: agrees ? 1 : 0 })];
  if (agrees) messages.unshift(agreed);
  const raw = rawDevice(gateway!.mqttPort, id);
  device = raw;
  for (const message of messages) raw.publish(level === 0 ? message : sealedUp(id, key, message));
  const all = () => raw.client.pubacks().length === messages.length;
  await eventually(() => raw.client.closed() || all(), 'an answer');
  raw.client.end();
  if (!raw.client.closed() || all()) return 'stored';
  const [nack] = raw.heard(key);
  expect(nack).toMatchObject({ kind: Kind.nack, code: 8, seq: 0, boot: 5 });
  return 'refused';
}

describe('the minimum level', () => {
  const hops: [Link, Partial<GatewayOptions>][] = [
    ['loopback', {}],
    ['mtls', { seals: { behind: 'mtls' } }],
    ['tls', { seals: { behind: 'tls' } }],
    ['plain', { seals: { behind: 'plain' } }],
  ];

  it.each(hops)('is that of POU-SEAL-13 where the weakest hop is %s', async (hop, options) => {
    await gatewayWith(options);
    for (const sensitivity of ['public', 'ordinary', 'personal', 'special'] as const) {
      const least = minimumLevel(sensitivity, hop);
      for (const level of [0, 1, 2, 3] as const) {
        // S3 hides nothing: it does not stand in for S2.
        const suffices = least !== 'refuse' && level >= least && !(least === 2 && level === 3);
        const agrees = sensitivity === 'special' && least !== 'refuse';
        const before = counters();
        expect([sensitivity, level, await outcome(sensitivity, level, agrees)]).toEqual([
          sensitivity,
          level,
          suffices ? 'stored' : 'refused',
        ]);
        const stored = (suffices ? 1 : 0) + (agrees ? 1 : 0);
        expect(counters().messages - before.messages).toBe(stored);
        expect(counters().acks - before.acks).toBe(stored);
      }
    }
    expect(gateway!.gateway.view.size().quarantineMessages).toBe(0);
  });

  it('is not asked for on a development gateway', async () => {
    await gatewayWith({ developmentGateway: true, seals: { behind: 'plain' } });
    expect(await outcome('special', 0)).toBe('stored');
  });

  it('is at least that of the configuration, also on loopback', async () => {
    await gatewayWith({ seals: { minimum: 's2' } });
    expect([await outcome('public', 0), await outcome('public', 1), await outcome('public', 2)]).toEqual([
      'refused',
      'refused',
      'stored',
    ]);
  });
});

it('a device that does not seal is told so, keeps its data, and sends it when it seals', async () => {
  await gatewayWith({ seals: { minimum: 's1' } });
  const id = { tenant: 't', device: 'late' };
  const options = {
    ...id,
    gateway: `mqtt://127.0.0.1:${gateway!.mqttPort}`,
    dataDir: join(directory, 'late'),
    maxRetryMs: 20,
  };
  const bare = start(products.ordinary, options);
  for (let i = 0; i < 20; i += 1) bare.points.on({ n: i });
  bare.flush();
  await eventually(
    () => bare.status().lastProblem.includes('authRequired'),
    'the word that a seal is needed',
  );
  expect(bare.status()).toMatchObject({ acked: 0, queued: 20 });
  await bare.stop({ drainMs: 0 });
  const key = withSeals(directory, (seals) => sealKeyText(keyOf(seals.give(id, 2))));
  const again = start(products.ordinary, { ...options, wrapTransport: sealed({ key }).wrap });
  await eventually(() => counters().records === 20, 'all records');
  await again.stop();
  expect(counters()).toMatchObject({ records: 20, gapRecords: 0, quarantined: {} });
  expect(counters().sealed).toMatchObject({ S2: expect.any(Number), S1: expect.any(Number) });
});
