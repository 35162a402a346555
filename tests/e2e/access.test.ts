import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeMessage, Kind } from '@usewire/protocol/wire';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diaryBytes, diaryData, diaryTable } from '../support/diary.ts';
import {
  connectDevice,
  isBuilt,
  type RunningGateway,
  runGateway,
  sendUp,
  until,
  usewire,
} from '../support/usewire-cli.ts';

/** Reads server-sent events until `count` records have come, or the stream ends. */
async function records(
  url: string,
  count: number,
): Promise<{ subject: string; attributes: { words: string } }[]> {
  const end = new AbortController();
  const answer = await fetch(url, { signal: end.signal });
  const found: { subject: string; attributes: { words: string } }[] = [];
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop()!;
    for (const event of events) {
      const data = event.split('\n').find((line) => line.startsWith('data: '));
      if (data !== undefined) found.push(JSON.parse(data.slice(6)));
    }
    if (found.length >= count) break;
  }
  end.abort();
  return found;
}

describe.skipIf(!isBuilt)('who may see what (built)', () => {
  let folder = '';
  let data = '';
  let config = '';
  let running: RunningGateway;
  let client: MqttClient | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-access-'));
    data = join(folder, 'data');
    config = join(folder, 'usewire.yaml');
    writeFileSync(join(folder, 'diary.model'), diaryBytes);
    writeFileSync(config, 'dataDirectory: data\nmodels: [diary.model]\nsinks: []\n');
    running = await runGateway(data, ['--config', config]);
  });
  afterEach(async () => {
    client?.end(true);
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const token = async (...args: string[]) => {
    const { stdout, stderr, code } = await usewire(['token', ...args, '--config', config]);
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  const ask = async (path: string, bearer?: string, body?: object) => {
    const headers = new Headers({ 'x-usewire': '1' });
    if (bearer) headers.set('authorization', `Bearer ${bearer}`);
    if (body) headers.set('content-type', 'application/json');
    const posted = body && { method: 'POST', body: JSON.stringify(body) };
    const url = `http://127.0.0.1:${running.httpPort}${path}`;
    return (await fetch(url, { ...posted, headers })).status;
  };

  it('lets in who reaches the port until there is a token, and then by role', async () => {
    expect(await ask('/api/records')).toBe(200);
    const viewer = await token('add', 'ann', '--role', 'viewer');
    const operator = await token('add', 'bob', '--role', 'operator');
    const privacy = await token('add', 'cara', '--role', 'privacy');
    const erasure = { tenant: 'acme', device: 'bed-1', by: 'somebody else' };
    const drop = { filter: {}, by: 'x', limit: 1 };
    const seen = async (bearer?: string) => [
      await ask('/healthz', bearer),
      await ask('/api/status', bearer),
      await ask('/api/records', bearer),
      await ask('/api/quarantine', bearer),
      await ask('/api/quarantine/drop', bearer, drop),
      await ask('/api/erasures', bearer, erasure),
    ];
    expect(await seen()).toEqual([200, 401, 401, 401, 401, 401]);
    expect(await seen('not a token')).toEqual([200, 401, 401, 401, 401, 401]);
    expect(await seen(viewer)).toEqual([200, 200, 403, 403, 403, 403]);
    expect(await seen(operator)).toEqual([200, 200, 403, 200, 200, 403]);
    expect(await seen(privacy)).toEqual([200, 200, 200, 200, 403, 200]);
    const env = { USEWIRE_ACCESS_TOKEN: privacy };
    const url = `http://127.0.0.1:${running.httpPort}`;
    const status = await usewire(['erase', 'status', '--json', '--url', url, '--config', config], { env });
    expect(JSON.parse(status.stdout)).toMatchObject([{ by: 'cara (privacy)' }]);
    await token('revoke', 'cara');
    expect(await ask('/api/records', privacy)).toBe(401);
    expect(await token('list')).toMatch(/cara +privacy +revoked/);
  });

  it('shows a person what the product records of them, as it is stored, and nothing of others', async () => {
    client = await connectDevice(running.mqttPort, 'bed-1');
    const modelHash = diaryTable.hash.subarray(0, 8);
    await sendUp(
      client,
      'bed-1',
      Buffer.from(encodeMessage({ kind: Kind.hello, seq: 0, boot: 1, uptimeMs: 1, modelHash })),
    );
    const args = ['add', 'guest', '--role', 'person', '--device', 'acme.bed-1', '--subject', 'left'];
    const person = await token(...args);
    const url = `http://127.0.0.1:${running.httpPort}/api/live?token=${person}`;
    const read = records(url, 2);
    const atMs = Date.now() - 60_000;
    let seq = 0;
    const found = until(async () => {
      for (const subject of [1, 2, 0])
        await sendUp(client!, 'bed-1', diaryData(seq++, { subject, atMs, lines: [`of ${subject}`] }));
      return seq >= 12 ? seq : undefined;
    }, 'messages of three');
    const got = await read;
    await found;
    expect(got.map(({ subject, attributes }) => [subject, attributes.words])).toEqual([
      ['left', 'of 1'],
      ['left', 'of 1'],
    ]);
    expect(await ask('/api/records', person)).toBe(403);
    expect(await ask(`/api/records?token=${person}`)).toBe(401);
  });
});
