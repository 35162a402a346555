import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { deviceFaults, networkFaults, sinkFaults } from '@usewire/simulators';
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { isBuilt } from '../support/usewire-cli.ts';

const bin = new URL('../../simulators/bin/usewire-sim.js', import.meta.url).pathname;
const running: ChildProcess[] = [];
const servers: Server[] = [];

/** `usewire-sim` with what it says, line by line. */
function sim(...args: string[]) {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  const lines: string[] = [];
  const ears: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const ear of ears) ear();
    });
  }
  const said = (pattern: RegExp): Promise<RegExpMatchArray> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = lines.map((line) => line.match(pattern)).find((one) => one !== null);
        if (found) resolve(found);
      };
      ears.push(look);
      look();
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { said, stop: () => child.kill('SIGINT'), ended };
}

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) server.close();
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A gateway that answers every CONNECT and nothing else. */
async function accepting(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(Buffer.from([0x20, 2, 0, 0])));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as { port: number }).port;
}

describe.skipIf(!isBuilt)('usewire-sim: a world in which things go wrong', () => {
  it('lists every fault by name', () => {
    const { stdout, status } = spawnSync(process.execPath, [bin, 'faults'], { encoding: 'utf8' });
    expect(status).toBe(0);
    const names = [
      ...deviceFaults.map((one) => one.kind),
      ...[...networkFaults, ...sinkFaults].map((one) => one.name),
    ];
    for (const name of names) expect(stdout).toContain(`  ${name} `);
  });

  it('network: devices come through, faults strike by seed and are told with their cause', async () => {
    const port = await freePort();
    const gateway = `mqtt://127.0.0.1:${await accepting()}`;
    const network = sim(
      'network',
      '--gateway',
      gateway,
      '--port',
      String(port),
      '--faults',
      'reset=600',
      '--seed',
      '3',
    );
    await network.said(/^devices connect to mqtt:\/\/127\.0\.0\.1:\d+; seed 3; Ctrl-C ends$/);
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'a', reconnectPeriod: 0 });
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    await network.said(/fault \{"name":"reset","cause":"seed","share":/);
    await closed;
    network.stop();
    expect(await network.ended).toBe(0);
  });

  it('receiver: answers badly as its shares say, and prints what it takes', async () => {
    const port = await freePort();
    const receiver = sim('receiver', '--port', String(port), '--faults', 'http429=1');
    await receiver.said(/url is http:\/\/127\.0\.0\.1:\d+\/events/);
    const post = () => fetch(`http://127.0.0.1:${port}/events`, { method: 'POST', body: '[]' });
    expect((await post()).status).toBe(429);
    receiver.stop();
    await receiver.said(/^\{"requests":1,"http429":1\}$/);
    expect(await receiver.ended).toBe(0);
  });

  it.each([
    [['network', '--gateway', 'http://x'], "--gateway wants mqtt://HOST:PORT, not 'http://x'"],
    [
      ['network', '--gateway', 'mqtt://x', '--faults', 'flood'],
      "--faults has 'flood'; write it as NAME=NUMBER",
    ],
    [['receiver', '--faults', 'drop=0.7,drip=0.7'], 'the shares are more than 1 together'],
  ])('answers wrong usage with what is right, and code 2: %j', (args, answer) => {
    const { stderr, status } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' });
    expect(stderr).toContain(answer);
    expect(status).toBe(2);
  });
});
