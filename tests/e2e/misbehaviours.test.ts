import { readFileSync } from 'node:fs';
import {
  differences,
  type Misbehaviour,
  misbehaviours,
  misbehaviourTable,
  playMisbehaviour,
} from '@usewire/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, lampData, startGateway, type TestGateway } from '../support/gateway-kit.ts';
import { connectPacket, publishPacket, type RawClient, rawClient } from '../support/raw-mqtt.ts';

const HEALTHY = { tenant: 't', device: 'healthy' };
let running: TestGateway;
let healthy: RawClient;
let sent = 0;

beforeAll(async () => {
  running = await startGateway({ mqtt: { connectTimeoutMs: 500 } });
  healthy = rawClient(running.mqttPort);
  healthy.send(connectPacket('t.healthy'));
});

afterAll(async () => {
  healthy.end();
  await running.stop();
});

function healthyPublishes(): void {
  sent += 1;
  healthy.send(publishPacket('pou/1/t/healthy/up', lampData(sent - 1), sent));
}

/** Every message so far is acknowledged in its turn, on the connection of the first one. */
async function expectHealthyServed(): Promise<void> {
  await eventually(() => healthy.pubacks().length >= sent, 'the acks of the healthy device');
  expect(healthy.pubacks()).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
  expect(healthy.closed()).toBe(false);
  expect(rowOf(HEALTHY.device)).toMatchObject({ messages: sent, duplicates: 0, quarantined: 0 });
}

function rowOf(device: string) {
  return running.gateway.view.devices().find((row) => row.device === device);
}

/** What the store has of a device. */
function storeOf(device: string) {
  const id = { tenant: 't', device };
  const row = rowOf(device);
  return {
    messages: row?.messages ?? 0,
    duplicates: row?.duplicates ?? 0,
    quarantined: running.gateway.view
      .quarantine({ ...id })
      .map(({ reason }) => reason)
      .reverse(),
  };
}

function expectedStore({ answer }: Misbehaviour, warm: boolean) {
  // One more message: the one that asks whether the device is still served; and the one before.
  const { stored, duplicates, quarantined } = answer;
  return { messages: stored + (warm ? 2 : 1), duplicates, quarantined };
}

/** Content once more of a device that has sent right data before: the gateway then takes it to the checker of its model first. */
const plays = [
  ...misbehaviours.map((one, index) => ({ name: one.id, one, device: `culprit-${index}`, warm: false })),
  ...misbehaviours
    .filter((one) => one.family !== 'mqtt')
    .map((one, index) => ({ name: `${one.id}, later`, one, device: `later-${index}`, warm: true })),
];

describe('a gateway answers as documented, and serves a healthy device meanwhile', () => {
  it.each(plays)('$name', async ({ one, device, warm }) => {
    const culprit = { tenant: 't', device, boot: Buffer.from('0badc0de0badc0de', 'hex'), victim: HEALTHY };
    healthyPublishes();
    const playing = playMisbehaviour(one, { host: '127.0.0.1', port: running.mqttPort, culprit, warm });
    healthyPublishes();
    await expectHealthyServed();
    expect(differences(one.answer, await playing)).toEqual([]);
    healthyPublishes();
    await expectHealthyServed();
    const store = expectedStore(one, warm);
    await eventually(
      () => storeOf(device).quarantined.length >= store.quarantined.length,
      'what is quarantined',
    );
    expect(storeOf(device)).toEqual(store);
  });

  it('has stored nothing under a device that did not send it', () => {
    const known = new Set([HEALTHY.device, ...plays.map(({ device }) => device)]);
    const { devices, quarantine } = running.gateway.view;
    expect(devices().filter((row) => row.tenant !== 't' || !known.has(row.device))).toEqual([]);
    expect(quarantine({ tenant: 't', device: HEALTHY.device })).toEqual([]);
    expect(running.gateway.view.phase()).toBe('ready');
  });
});

describe('the misbehaviours', () => {
  it('are at least 25 of MQTT, 20 of CBOR and 15 of meaning, each with an id of its own', () => {
    const count = (family: string) => misbehaviours.filter((one) => one.family === family).length;
    expect(count('mqtt')).toBeGreaterThanOrEqual(25);
    expect(count('cbor')).toBeGreaterThanOrEqual(20);
    expect(count('meaning')).toBeGreaterThanOrEqual(15);
    expect(new Set(misbehaviours.map((one) => one.id)).size).toBe(misbehaviours.length);
  });

  it('are documented as they are (`usewire-sim misbehave --table > docs/misbehaviours.md`)', () => {
    const file = new URL('../../docs/misbehaviours.md', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(misbehaviourTable(misbehaviours));
  });
});
