import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, lampData, lampModelMessage } from '../support/gateway-kit.ts';
import { DatabaseSync } from '../support/sqlite.ts';
import { connectDevice, isBuilt, runGateway, sendUp, usewire } from '../support/usewire-cli.ts';

const MESSAGES = 400;
const PAGE = 4_096;

describe.skipIf(!isBuilt)('D5 usewire doctor', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'usewire-doctor-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  /** One sink that has everything, one that does not answer: what waits for it is what damage can lose. */
  function configure(): string[] {
    const config = join(home, 'usewire.yaml');
    const sinks = [
      '{ name: usage, type: sqlite }',
      '{ name: cloud, type: http, url: "http://127.0.0.1:9/in" }',
    ];
    writeFileSync(config, `dataDirectory: data\nsinks:\n${sinks.map((sink) => `  - ${sink}\n`).join('')}`);
    return ['--config', config];
  }

  const dataDir = () => join(home, 'data');

  async function fill(flags: string[]): Promise<void> {
    const gateway = await runGateway(dataDir(), flags);
    const device = await connectDevice(gateway.mqttPort, 'bed-1');
    await sendUp(device, 'bed-1', lampModelMessage());
    for (let seq = 0; seq < MESSAGES; seq += 1)
      await sendUp(device, 'bed-1', lampData(seq, { records: 100 }));
    device.end(true);
    await gateway.stop();
  }

  /** A page in the middle of the messages is overwritten, as by a bad sector. */
  function damage(): void {
    const path = join(dataDir(), 'spool.db');
    const db = new DatabaseSync(path);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const leaves = db
      .prepare("SELECT pageno FROM dbstat WHERE name = 'messages' AND pagetype = 'leaf' ORDER BY path")
      .all() as { pageno: number }[];
    db.close();
    const fd = openSync(path, 'r+');
    writeSync(
      fd,
      Buffer.alloc(PAGE, 0xa5),
      0,
      PAGE,
      (leaves[Math.floor(leaves.length / 2)]!.pageno - 1) * PAGE,
    );
    closeSync(fd);
  }

  const doctor = async (flags: string[]) => {
    const { code, stdout } = await usewire(['doctor', ...flags, '--data-dir', dataDir()]);
    // As one line: where sentences are broken depends on how long the paths are.
    return { code, text: stdout.replace(/\s+/g, ' ') };
  };

  it('tells of damage, what was carried over and what was lost; the gateway runs on and acknowledges', async () => {
    const flags = configure();
    await fill(flags);
    damage();
    const before = await doctor(flags);
    expect(before.code).toBe(1);

    const gateway = await runGateway(dataDir(), flags);
    const device = await connectDevice(gateway.mqttPort, 'bed-1');
    await sendUp(device, 'bed-1', lampData(MESSAGES));
    await eventually(
      () => gateway.events().some(({ event }) => event === 'spool.rescued'),
      'spool.rescued',
      20_000,
    );
    await sendUp(device, 'bed-1', lampData(MESSAGES + 1));
    // What is still known to be stored is not stored twice.
    await sendUp(device, 'bed-1', lampData(0, { records: 100 }));
    const status = await gateway.get<{ duplicates: number }>('/api/status');
    expect(status.duplicates).toBe(1);
    device.end(true);
    expect((await gateway.stop()).code).toBe(0);

    const after = await doctor(flags);
    expect(before.text).toMatch(
      /problem store spool\.db is damaged .* -> Start the gateway: it comes upon the damage by itself/,
    );
    expect(after.text).toMatch(
      /Lost: \d+ messages that had been acknowledged \(sequence numbers of acme\.bed-1 boot 1: \d+-\d+\)/,
    );
    expect(after.text).toMatch(
      /Every page of spool\.db is as it should be\. .* problem sink cloud .* does not answer/,
    );
    const json = await usewire(['doctor', ...flags, '--data-dir', dataDir(), '--json']);
    const told = JSON.parse(json.stdout) as {
      problems: number;
      findings: { check: string; facts?: { lost?: { messages: number } } }[];
    };
    expect(told.problems).toBe(1);
    expect(told.findings.find(({ check }) => check === 'rescue')?.facts?.lost?.messages).toBeGreaterThan(0);
  });

  it('says that nothing is wrong, and ends with 0', async () => {
    const gateway = await runGateway(dataDir());
    await gateway.stop();
    const { code, stdout } = await usewire(['doctor', '--data-dir', dataDir()]);
    expect(stdout).toMatch(/Nothing is wrong\.\n$/);
    expect(code).toBe(0);
  });

  it('ends with 78 for a configuration that is wrong, and names every fault', async () => {
    writeFileSync(join(home, 'usewire.yaml'), 'spool: { maxbytes: 3 }\n');
    const { code, stdout } = await usewire(['doctor', '--config', join(home, 'usewire.yaml'), '--json']);
    expect(code).toBe(78);
    expect(JSON.parse(stdout)).toMatchObject({
      problems: 1,
      findings: [{ check: 'configuration', level: 'problem' }],
    });
  });

  it('changes nothing', async () => {
    const flags = configure();
    await fill(flags);
    damage();
    const whole = readFileSync(join(dataDir(), 'spool.db'));
    await doctor(flags);
    expect(readFileSync(join(dataDir(), 'spool.db')).equals(whole)).toBe(true);
  });
});
