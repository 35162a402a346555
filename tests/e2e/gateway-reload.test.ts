import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lampBytes, lampData, lampHello } from '../support/gateway-kit.ts';
import {
  connectDevice,
  drained,
  isBuilt,
  jsonlSeqs,
  type RunningGateway,
  runGateway,
  sendUp,
  until,
  usageRows,
  usewire,
} from '../support/usewire-cli.ts';

const usage = '- { name: usage, type: sqlite }';
const files = '- { name: jsonl, type: jsonl }';

describe.skipIf(!isBuilt)('sinks of a running gateway (built)', () => {
  let folder = '';
  let gateway: RunningGateway | undefined;
  let client: MqttClient | undefined;
  let closed = 0;
  let seq = 0;
  const file = () => join(folder, 'usewire.yaml');
  const write = (sinks: string[], rest = '') =>
    writeFileSync(
      file(),
      `models: [lamp.model]\nsinks:\n${sinks.map((sink) => `  ${sink}\n`).join('')}${rest}`,
    );

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-reload-'));
    writeFileSync(join(folder, 'lamp.model'), lampBytes);
    [closed, seq] = [0, 0];
  });
  afterEach(async () => {
    client?.end(true);
    gateway?.child.kill('SIGKILL');
    await gateway?.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(sinks: string[]): Promise<RunningGateway> {
    write(sinks);
    gateway = await runGateway(join(folder, 'data'), ['--config', file()]);
    client = await connectDevice(gateway.mqttPort, 'lamp-1');
    client.on('close', () => {
      closed += 1;
    });
    await sendUp(client, 'lamp-1', lampHello(0));
    return gateway;
  }

  async function send(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await sendUp(client!, 'lamp-1', lampData(seq++));
  }

  const told = (event: string) => gateway!.events().filter((entry) => entry.event === event);
  /** Asked of the gateway in between, so that its lines can come. */
  const when = <T>(read: () => T | undefined, what: string) =>
    until(async () => {
      await gateway!.text('/healthz');
      return read();
    }, what);
  const whenTold = (event: string, times = 1) => when(() => told(event)[times - 1], event);
  /** `seq` of each record in the files: two of each message. */
  const written = () => jsonlSeqs(join(folder, 'data'));
  const stored = () => usageRows(join(folder, 'data'), 'SELECT count(DISTINCT seq) AS n FROM records');
  const command = (...args: string[]) => usewire([...args, '--url', `http://127.0.0.1:${gateway!.httpPort}`]);

  it('O2 follow the file: a new one gets what is in the store, one that goes ends, no device notices, nothing is lost or doubled', async () => {
    const running = await start([usage]);
    await send(5);
    await drained(running);
    write([usage, files]);
    await whenTold('config.reloaded');
    await send(5);
    await drained(running);
    expect(written()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((n) => [n, n]));

    // As editors do it: another file takes its place.
    writeFileSync(`${file()}.new`, `models: [lamp.model]\nsinks:\n  ${usage}\n`);
    renameSync(`${file()}.new`, file());
    await whenTold('config.reloaded', 2);
    await send(5);
    const { sinks } = await drained(running);
    expect(sinks.map(({ name }) => name)).toEqual(['usage']);
    expect([stored(), written().length, closed]).toEqual([[{ n: 15 }], 20, 0]);
  });

  it('follow changed rules, and each change once', async () => {
    const running = await start([usage]);
    await send(2);
    await drained(running);
    write(['- { name: usage, type: sqlite, except: { products: [test.lamp] } }']);
    const { changed } = (await whenTold('config.reloaded')) as unknown as { changed: string[] };
    expect(changed).toEqual(['usage']);
    await send(3);
    const { sinks } = await drained(running);
    expect(sinks).toMatchObject([{ name: 'usage', recordsLeftOut: 6 }]);
    expect([stored(), told('config.reloaded').length, closed]).toEqual([[{ n: 2 }], 1, 0]);
  });

  it('O2 stay as they are when the file is wrong, which is said with its line, by log, metric and command', async () => {
    const running = await start([usage]);
    write([usage, '- { name: files, type: jsnol }']);
    expect(await whenTold('config.refused')).toMatchObject({
      problems: [expect.stringMatching(/usewire\.yaml:4:\d+: sinks\[1\]\.type: .*Did you mean "jsonl"/)],
    });
    expect(await running.text('/metrics')).toMatch(/^usewire_gateway_config_last_reload_good 0$/m);
    const asked = await command('reload');
    expect([asked.code, asked.stderr]).toEqual([78, expect.stringContaining('Did you mean "jsonl"')]);
    await send(3);
    await drained(running);
    expect([stored(), closed]).toEqual([[{ n: 3 }], 0]);

    write([usage], 'log: { level: debug }\n');
    await whenTold('config.reloaded');
    expect(told('config.needs-restart')).toMatchObject([{ parts: ['log.level'] }]);
    running.child.kill('SIGHUP');
    await whenTold('config.reloaded', 2);
    expect(await running.text('/metrics')).toMatch(/^usewire_gateway_config_last_reload_good 1$/m);
    expect((await command('reload')).stdout).toContain('log.level: changed, but only a restart brings it');
  });

  it('are listed, tested, paused, resumed and rewound by the command', async () => {
    const running = await start([usage, files]);
    await send(4);
    await drained(running);
    expect((await command('sink', 'list')).stdout).toMatch(/^usage +idle +closed +4 +0/m);
    expect((await command('sink', 'test', 'usage')).stdout).toContain('would take something now');
    const nobody = await command('sink', 'pause', 'usgae');
    expect([nobody.code, nobody.stderr]).toEqual([
      69,
      expect.stringContaining('the sinks are: usage, jsonl'),
    ]);

    await command('sink', 'pause', 'usage');
    await send(2);
    await when(() => written().length === 12 || undefined, 'the other sink goes on');
    expect((await command('sink', 'list')).stdout).toMatch(/^usage +paused +closed +4 +2/m);
    expect((await command('sink', 'resume', 'usage')).stdout).toContain('usage goes on');
    await drained(running);

    expect((await command('sink', 'rewind', 'usage')).code).toBe(64);
    const dry = await command('sink', 'rewind', 'usage', '--all', '--dry-run');
    expect(dry.stdout).toContain('6 messages with 12 records would be sent again');
    const rewound = await command('sink', 'rewind', 'usage', '--to', '2', '--json');
    expect(JSON.parse(rewound.stdout)).toMatchObject({
      sink: 'usage',
      position: 2,
      messagesAgain: 4,
      recordsAgain: 8,
    });
    await drained(running);
    expect(stored()).toEqual([{ n: 6 }]);
  });
});
