import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdmittedMessage, openSqliteSpool } from '@usewire/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lampBytes, lampData, lampHello } from '../support/gateway-kit.ts';
import { connectDevice, drained, isBuilt, runGateway, sendUp, usewire } from '../support/usewire-cli.ts';
import { brightData, brightEntry } from '../support/wrong-lamp.ts';

const T0 = 1_800_000_000_000;
const id = { tenant: 'acme', device: 'lamp-1' };

function row(seq: number): AdmittedMessage {
  const payload = lampData(seq);
  const time = { originMs: T0 - 60_000, quality: 1, boundMs: 37, method: 'gateway-offset' } as const;
  const facts = { kind: 1, boot: '1', seq, receivedAtMs: T0 + seq * 1_000, time, modelHash: '6544dffd' };
  return { ...id, ...facts, recordCount: 2, gapCount: 0, seal: 0, payload };
}

describe.skipIf(!isBuilt)('usewire explain (built)', () => {
  let folder = '';
  let data = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-explain-'));
    data = join(folder, 'data');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const explain = (...args: string[]) => usewire(['explain', ...args, '--data-dir', data]);

  /** A device that has sent 0 to 3 and 6; one message of it was refused; one sink has everything, one refused, one is behind. */
  async function fill(): Promise<void> {
    const room = 2 ** 30;
    const store = openSqliteSpool({
      ...{ directory: data, maxBytes: room, maxQuarantineBytes: room, maxQuarantineBytesPerDevice: room },
    });
    const links = [{ ...id, openedAtMs: T0 - 500, via: 'mqtt 10.0.0.7:51834' }];
    const devices = [{ ...id, lastSeenMs: T0 + 6_000, boot: '1', nextSeq: 9, state: 'lost' as const }];
    const rows = [0, 1, 2, 3, 6].map(row);
    await store.commit(rows, [brightEntry('lamp-1', 5)], { links, devices });
    const counts = { messages: 4, records: 8, withheld: 0, attempts: 1 };
    const batch = { ...counts, sentAtMs: T0 + 3_500, answeredAtMs: T0 + 3_520 };
    const range = { firstPosition: 1, lastPosition: 4 };
    store.advance('usage', 4, { sink: 'usage', ...range, ...batch, accepted: true, answer: '' });
    const slow = { ...batch, attempts: 3, answeredAtMs: T0 + 9_500 };
    store.advance('cloud', 4, { sink: 'cloud', ...range, ...slow, accepted: true, answer: 'HTTP 202' });
    const one = { firstPosition: 5, lastPosition: 5, messages: 1, records: 2, withheld: 0, attempts: 1 };
    const times = { sentAtMs: T0 + 10_000, answeredAtMs: T0 + 10_040 };
    store.advance('cloud', 5, { sink: 'cloud', ...one, ...times, accepted: false, answer: 'HTTP 400: no' });
    store.advance('usage', { cursor: 4, done: [], begun: [5, 5] });
    const boot = { ranges: [0, 3, 6, 6], nextSeq: 9, origin: null, clock: null, lastSeenMs: T0 + 6_000 };
    store.checkpoint({ boots: [{ ...id, boot: '1', ...boot }], devices: store.load().devices });
    await store.close();
  }

  it('tells of each message and of the device, from the store alone', async () => {
    await fill();
    let told = '';
    for (const args of [['0'], ['6'], ['4'], ['5'], ['8'], ['9'], ['0', '--boot', '2'], []]) {
      const { stdout, stderr } = await explain('lamp-1', ...args);
      told += `$ usewire explain ${['lamp-1', ...args].join(' ')}\n${stdout}${stderr}\n`;
    }
    expect(told).toBe(readFileSync(new URL('gateway-explain.golden.txt', import.meta.url), 'utf8'));
  });

  it('says what it needs to know', async () => {
    await fill();
    expect(await explain('nobody')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('never heard of'),
    });
    expect(await explain('lamp-1', 'x')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('no sequence'),
    });
    expect(await explain('nobody', '1', '--tenant', 'acme')).toMatchObject({ code: 1 });
    const json = JSON.parse((await explain('acme.lamp-1', '0', '--json')).stdout) as Record<string, unknown>;
    expect(json).toMatchObject({ fate: 'stored', via: 'mqtt 10.0.0.7:51834', message: { position: 1 } });
  });

  it('tells the same beside a running gateway, as it happens', async () => {
    writeFileSync(join(folder, 'lamp.model'), lampBytes);
    writeFileSync(
      join(folder, 'usewire.yaml'),
      'models: [lamp.model]\nsinks: [{ name: usage, type: sqlite }]\n',
    );
    const gateway = await runGateway(data, ['--config', join(folder, 'usewire.yaml')]);
    const client = await connectDevice(gateway.mqttPort, 'lamp-1');
    await sendUp(client, 'lamp-1', lampHello(3));
    for (const seq of [0, 2]) await sendUp(client, 'lamp-1', lampData(seq));
    await sendUp(client, 'lamp-1', brightData(1));
    await drained(gateway);
    const fateOf = async (seq: string) =>
      JSON.parse((await explain('acme.lamp-1', seq, '--json')).stdout) as {
        fate: string;
        via: string;
        sinks: object[];
      };
    const stored = await fateOf('2');
    expect(stored).toMatchObject({ fate: 'stored', via: expect.stringMatching(/^mqtt 127\.0\.0\.1:\d+$/) });
    expect(stored.sinks).toMatchObject([
      { sink: 'usage', state: 'delivered', receipt: { accepted: true, attempts: 1 } },
    ]);
    expect((await fateOf('1')).fate).toBe('quarantined');
    client.end(true);
    await gateway.stop();
    expect((await fateOf('2')).sinks).toEqual(stored.sinks);
  });
});
