import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lampBytes, lampData } from '../support/gateway-kit.ts';
import { isBuilt, runGateway, usewire } from '../support/usewire-cli.ts';

describe.skipIf(!isBuilt)('usewire (built)', () => {
  let folder = '';
  const model = () => {
    const path = join(folder, 'lamp.model');
    writeFileSync(path, lampBytes);
    return path;
  };
  const config = (text: string) => {
    const path = join(folder, 'usewire.yaml');
    writeFileSync(path, text);
    return path;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-cli-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  describe('validate', () => {
    it('says that a configuration is valid and ends with 0', async () => {
      const { code, stdout } = await usewire(['validate', config(`models: [${model()}]\nsinks: []\n`)]);
      expect([code, stdout]).toEqual([
        0,
        'The configuration is valid (auth development; 1 models; sinks: none).\n',
      ]);
    });

    it('names every fault with file, line and column and ends with 78', async () => {
      const path = config('listen:\n  mqtt:\n    prot: 1\nlog:\n  level: loud\n');
      const { code, stderr } = await usewire(['validate', path], { cwd: folder });
      expect(code).toBe(78);
      expect(stderr.split('\n')).toEqual([
        expect.stringMatching(/usewire\.yaml:3:5: listen\.mqtt\.prot: unknown key.*Did you mean "port"\?$/),
        expect.stringMatching(/usewire\.yaml:5:10: log\.level: received "loud", expected one of debug/),
        '2 problems found.',
        '',
      ]);
    });

    it('checks the environment and the models that are named', async () => {
      writeFileSync(join(folder, 'bad.json'), '{"product": 7}');
      const path = config('models: [bad.json, missing.json]\n');
      const models = await usewire(['validate', path]);
      expect(models.code).toBe(78);
      expect(models.stderr).toMatch(/bad\.json: product: .*\n/);
      expect(models.stderr).toContain('missing.json: the model cannot be read (ENOENT)');
      const environment = await usewire(['validate', config('')], { env: { USEWIRE_ADMIN__PORT: 'x' } });
      expect(environment.stderr).toContain(
        'environment variable USEWIRE_ADMIN__PORT: admin.port: received "x"',
      );
    });

    it('says when there is no such file', async () => {
      const { code, stderr } = await usewire(['validate', join(folder, 'none.yaml')]);
      expect(code).toBe(78);
      expect(stderr).toContain('there is no such file');
    });
  });

  describe('gateway', () => {
    it('starts with nothing but a data folder, answers, drains on SIGTERM and ends with 0', async () => {
      const gateway = await runGateway(join(folder, 'data'));
      expect(await gateway.get('/readyz')).toMatchObject({ ready: true });
      const { code, stdout } = await gateway.stop();
      expect([code, stdout]).toEqual([0, '']);
      expect(gateway.events().map(({ event }) => event)).toEqual([
        'gateway.starting',
        'gateway.ready',
        'gateway.draining',
        'gateway.stopped',
      ]);
    });

    it('refuses to start with an open door, in one sentence', async () => {
      const path = config('listen: { mqtt: { host: 0.0.0.0 } }\n');
      const { code, stderr } = await usewire(['gateway', '--config', path]);
      expect(code).toBe(78);
      expect(stderr).toContain('auth.mode "development" lets any device in');
      expect(stderr).not.toMatch(/^ +at /m);
    });

    it('says in one sentence that a port is taken', async () => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as { port: number };
      const args = [
        'gateway',
        '--data-dir',
        join(folder, 'data'),
        '--http-port',
        '0',
        '--mqtt-port',
        String(port),
      ];
      const { code, stderr } = await usewire(args);
      other.close();
      expect(code).toBe(69);
      expect(plain(stderr)).toBe(
        `Port ${port} on 127.0.0.1 is taken by another program; stop it or choose another port (0 = any free one).`,
      );
    });

    it('says in one sentence that a folder cannot be used', async () => {
      writeFileSync(join(folder, 'file'), '');
      const { code, stderr } = await usewire(['gateway', '--data-dir', join(folder, 'file', 'data')]);
      expect(code).toBe(69);
      expect(plain(stderr)).toMatch(/file\/data cannot be used: a part of that path is a file\.$/);
    });

    it('keeps a second gateway out of its folder, and lets the next one in after a kill', async () => {
      const data = join(folder, 'data');
      const first = await runGateway(data);
      const second = await usewire(['gateway', '--data-dir', data, '--mqtt-port', '0', '--http-port', '0']);
      expect([second.code, plain(second.stderr)]).toEqual([
        69,
        `Another gateway is running with the data folder ${data}; stop it, or give this one a folder of its own with --data-dir.`,
      ]);
      first.child.kill('SIGKILL');
      await first.ended;
      const third = await runGateway(data);
      expect((await third.stop()).code).toBe(0);
    });

    it('says that a flag is wrong, where the flag is named', async () => {
      const { code, stderr } = await usewire(['gateway', '--mqtt-port', 'many', '--data-dir', folder]);
      expect(code).toBe(78);
      expect(stderr).toContain('flag --mqtt-port: listen.mqtt.port: received "many"');
    });

    it('never shows a token', async () => {
      const token = 'open-sesame';
      mkdirSync(join(folder, 'secrets'));
      writeFileSync(join(folder, 'secrets', 'lamp'), `${token}\n`);
      const path = config(
        'auth:\n  mode: tokens\n  devices:\n    - { tenant: t, device: a, tokenFile: secrets/lamp }\nlog: { level: debug }\n',
      );
      const gateway = await runGateway(join(folder, 'data'), ['--config', path]);
      const { stderr } = await gateway.stop();
      expect(stderr).not.toContain(token);
      expect(stderr).not.toContain(createHash('sha256').update(token).digest('hex'));
    });
  });

  describe('decode', () => {
    const hex = lampData(3).toString('hex');

    it('says what every label says', async () => {
      const { code, stdout } = await usewire(['decode', hex]);
      expect(code).toBe(0);
      expect(stdout).toContain('kind 1 data: records of one subject under one consent epoch');
      expect(stdout).toMatch(/^ {3}1 {2}seq +3, its number in this boot$/m);
      expect(stdout).toMatch(/^ {3}3 {2}uptimeMs +63000 ms: 00:01:03\.000 after the boot$/m);
    });

    it("says records in the model's words, also from stdin", async () => {
      const { code, stdout } = await usewire(['decode', '-', '--model', model()], { input: `${hex}\n` });
      expect(code).toBe(0);
      expect(stdout).toContain('2 records of test.lamp version 1');
      expect(stdout).toContain('event switched brightness=3');
    });

    it('marks the byte where a message is malformed and ends with 1', async () => {
      const { code, stdout } = await usewire(['decode', 'a1000107']);
      expect(code).toBe(1);
      expect(stdout).toContain('refused: malformed (code 1) at byte 3 of 4');
      expect(stdout).toContain('     0  a1 00 01 07\n                 ^^ byte 3');
    });

    it('says what is wrong with the digits', async () => {
      expect(await usewire(['decode', 'a1zz'])).toMatchObject({
        code: 64,
        stderr: 'decode wants hex digits; "z" is none.\n',
      });
    });
  });

  describe('model sheet', () => {
    const sheet = (...args: string[]) => usewire(['model', 'sheet', model(), ...args]);

    it('says what, why, how much, how long, for whom and whom to ask', async () => {
      const file = config('sinks: [{ type: jsonl, name: archive, directory: out }]\n');
      const { code, stdout } = await sheet('--config', file, '--rate', 'switched=7', '--contact', 'acme');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^# What test\.lamp records$/m);
      expect(stdout).toMatch(/^\| `switched` \|.*\| about 7 a day \|/m);
      expect(stdout).toContain('| archive | jsonl | every purpose |');
      expect(stdout).toContain('Ask acme for:');
    });

    it('is a page of HTML when asked', async () => {
      const { stdout } = await sheet('--html');
      expect(stdout).toMatch(/^<!doctype html>\n/);
      expect(stdout).toContain('<code>switched</code>');
    });

    it.each([
      ['switches=7', /^--rate switches=7: the model has no point "switches"; it has switched/],
      [
        'switched=often',
        /^--rate switched=often: give records a day as a whole number, as in switched=20\.\n$/,
      ],
    ])('says what is wrong with --rate %s', async (rate, sentence) => {
      expect(await sheet('--rate', rate)).toMatchObject({
        code: 64,
        stderr: expect.stringMatching(sentence),
      });
    });
  });

  it('says how it is used, and what is unknown', async () => {
    expect((await usewire(['--help'])).stdout).toContain('usewire [options] [command]');
    const wrong = await usewire(['gatway']);
    expect(wrong.code).toBe(64);
    expect(wrong.stderr).toContain("unknown command 'gatway'");
    expect(wrong.stderr).toContain('Did you mean gateway?');
  });
});

/** What is left of stderr without the log's lines. */
function plain(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  return lines.join('\n');
}
