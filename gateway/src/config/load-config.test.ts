import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseModelFile } from '@usewire/protocol/check';
import type { Model } from '@usewire/protocol/model';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.ts';

const folder = join(import.meta.dirname, 'fixtures');
const wrong = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .sort();

function readModels(paths: readonly string[]): Model[] {
  return paths
    .filter((path) => path.endsWith('.json') && existsSync(path))
    .map((path) => parseModelFile(JSON.parse(readFileSync(path, 'utf8'))))
    .flatMap((parsed) => (parsed.ok ? [parsed.model] : []));
}

function problemsOf(text: string, environment: Record<string, string> = {}): string[] {
  const result = loadConfig({ text, environment, baseDirectory: folder });
  return result.ok ? [] : result.problems;
}

function configOf(text: string, environment: Record<string, string> = {}) {
  const result = loadConfig({ text, environment, baseDirectory: '/etc/usewire' });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config;
}

describe('wrong configurations', () => {
  it('are at least thirty', () => {
    expect(wrong.length).toBeGreaterThanOrEqual(30);
  });

  for (const name of wrong) {
    it(`${name} is answered as its golden text says`, async () => {
      const text = readFileSync(join(folder, name), 'utf8');
      const result = loadConfig({ text, fileName: name, environment: {}, baseDirectory: folder, readModels });
      const told = result.ok ? 'valid' : result.problems.join('\n');
      await expect(`${told}\n`).toMatchFileSnapshot(join(folder, name.replace(/yaml$/, 'txt')));
      expect(result.ok).toBe(false);
    });
  }
});

describe('configuration', () => {
  it('needs nothing: an empty file, or none, is the default on loopback', () => {
    const config = configOf('');
    expect(config.listen.mqtt).toMatchObject({ host: '127.0.0.1', port: 1883 });
    expect(config.auth).toEqual({ mode: 'development' });
    expect(config.sinks.map((sink) => sink.type)).toEqual(['sqlite', 'jsonl']);
    expect(loadConfig({}).ok).toBe(true);
  });

  it('reads paths from the folder of the file, and those of sinks from the data folder', () => {
    const config = configOf('dataDirectory: data\nmodels: [bed.json]\nsinks: [{ name: a, type: jsonl }]');
    expect(config.dataDirectory).toBe('/etc/usewire/data');
    expect(config.models).toEqual(['/etc/usewire/bed.json']);
    expect(config.sinks[0]).toMatchObject({ directory: '/etc/usewire/data/jsonl' });
  });

  it('lets a sink have less than its type can bear', () => {
    const config = configOf(
      'sinks: [{ name: a, type: http, url: "http://a/", order: any, maxConcurrent: 2 }]',
    );
    expect(config.sinks[0]).toMatchObject({
      order: 'any',
      maxConcurrent: 2,
      backlog: { afterSeconds: 30, percent: 25 },
    });
  });

  it('takes an empty list of sinks for none', () => {
    expect(configOf('sinks: []').sinks).toEqual([]);
  });

  it('keeps only the hash of a token', () => {
    const sha256 = '9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08';
    const device = `{ tenant: a, device: b, tokenSha256: ${sha256} }`;
    const config = configOf(`auth: { mode: tokens, devices: [${device}] }`);
    expect(config.auth).toEqual({
      mode: 'tokens',
      devices: [{ tenant: 'a', device: 'b', tokenSha256: sha256.toLowerCase() }],
    });
  });

  it('opens to other machines with TLS and authentication, or when it is called a development gateway', () => {
    const files = 'cert: tls/cert.pem, key: /run/key.pem';
    const tls = configOf(
      `auth: { mode: registry }\nlisten: { mqtts: { host: 0.0.0.0, ${files}, clientCa: ca.pem } }`,
    );
    expect(tls.listen.mqtts).toMatchObject({
      cert: '/etc/usewire/tls/cert.pem',
      key: '/run/key.pem',
      clientCa: '/etc/usewire/ca.pem',
    });
    const certified = `{ host: 0.0.0.0, ${files}, clientCa: ca.pem, requireClientCertificate: true }`;
    expect(problemsOf(`listen: { mqtts: ${certified} }`)).toEqual([]);
    expect(problemsOf('developmentGateway: true\nlisten: { mqtt: { host: 0.0.0.0 } }')).toEqual([]);
    expect(problemsOf('listen: { mqtt: { host: 0.0.0.0 } }')).toHaveLength(1);
  });

  it('lets the environment win over the file and flags over the environment', () => {
    const file = 'listen: { mqtt: { port: 1 } }\nadmin: { port: 1 }';
    const environment = { USEWIRE_LISTEN__MQTT__PORT: '2', USEWIRE_ADMIN__PORT: '2' };
    const flags = [{ flag: '--http-port', path: ['admin', 'port'], value: '3' }];
    const result = loadConfig({ text: file, environment, flags });
    if (!result.ok) throw new Error(result.problems.join('\n'));
    expect(result.config.listen.mqtt.port).toBe(2);
    expect(result.config.admin.port).toBe(3);
  });

  it('finds keys from the environment without regard to case and underscores, and in lists', () => {
    const environment = {
      USEWIRE_LISTEN__MQTT__MAX_PACKET_BYTES: '4096',
      USEWIRE_DATADIRECTORY: '/data',
      USEWIRE_SINKS__0__GZIP: 'false',
    };
    const config = configOf('sinks: [{ name: c, type: http, url: "http://a/" }]', environment);
    expect(config.listen.mqtt.maxPacketBytes).toBe(4096);
    expect(config.dataDirectory).toBe('/data');
    expect(config.sinks[0]).toMatchObject({ gzip: false });
  });

  it('names the variable or flag that a fault comes from', () => {
    const environment = {
      USEWIRE_LISTEN__MQTT__PORT: 'many',
      USEWIRE_LISTEN__MQTT__PROT: '1',
      USEWIRE_SPOOL__MAXBITES: '1',
    };
    const flags = [{ flag: '--http-port', path: ['admin', 'port'], value: '-7' }];
    const result = loadConfig({ environment, flags });
    expect(result.ok ? [] : result.problems).toEqual([
      'environment variable USEWIRE_LISTEN__MQTT__PROT: "PROT" is not a key under listen.mqtt, expected one of host, port, maxPacketBytes, maxConnections. Did you mean "port"?',
      'environment variable USEWIRE_SPOOL__MAXBITES: "MAXBITES" is not a key under spool, expected one of maxBytes, highWaterPercent, retentionSeconds, maxQuarantineBytes, maxQuarantineBytesPerDevice. Did you mean "maxBytes"?',
      'environment variable USEWIRE_LISTEN__MQTT__PORT: listen.mqtt.port: received "many", expected an integer from 0 (any free port) to 65535',
      'flag --http-port: admin.port: received -7, expected an integer from 0 (any free port) to 65535',
    ]);
  });

  it('leaves variables of other tools alone', () => {
    expect(problemsOf('', { USEWIRE_DATA: '/recordings', USEWIRE_SIM: 'x', PATH: '/bin' })).toEqual([]);
  });

  it('fills in variables inside strings, as the schema wants the result', () => {
    const text = `listen: { mqtt: { port: "\${env:PORT:-1884}" } }\ndataDirectory: "\${env:ROOT}/us$$age"`;
    expect(configOf(text, { ROOT: '/srv' })).toMatchObject({
      listen: { mqtt: { port: 1884 } },
      dataDirectory: '/srv/us$age',
    });
    expect(configOf(text, { ROOT: '/srv', PORT: '7' }).listen.mqtt.port).toBe(7);
  });

  it('never lets a variable become structure', () => {
    const config = configOf(`dataDirectory: "\${env:X}"`, { X: 'a\nadmin: { port: 1 }' });
    expect(config.admin.port).toBe(18_080);
  });

  it('refuses a bomb of aliases and a loop without hanging', () => {
    const bomb = `a: &a [x, x]\nb: &b [${'*a, '.repeat(30)}]\nc: &c [${'*b, '.repeat(30)}]\nd: [${'*c, '.repeat(30)}]`;
    expect(problemsOf(bomb).length).toBeGreaterThan(0);
    expect(problemsOf('sinks: &s\n  - *s\n').length).toBeGreaterThan(0);
  });

  it('takes the example of the README, whose values are the defaults', () => {
    const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const { auth, sinks, time, ...rest } = configOf(example);
    const { auth: _auth, sinks: defaultSinks, time: _time, ...defaults } = configOf('');
    expect(rest).toEqual(defaults);
    expect(sinks.slice(0, 2)).toEqual(defaultSinks);
    expect([auth.mode, sinks[2]?.type, time.earliestPlausible]).toEqual(['tokens', 'http', '2024-01-01']);
    expect(sinks[2]).toMatchObject({ batch: sinks[0]?.batch, retry: sinks[0]?.retry });
  });

  it('takes rules of sinks whose words the models know, and any words while no model is known', () => {
    const rules =
      'only: { points: [acme.bed.moved, gap] }, fields: [{ rename: { preset: position }, drop: [subject], set: { site: a } }]';
    const text = (models: string) => `models: [${models}]\nsinks: [{ name: a, type: jsonl, ${rules} }]`;
    const known = loadConfig({ text: text('models/bed.json'), baseDirectory: folder, readModels });
    expect(known.ok ? known.config.sinks[0]?.only : known.problems).toEqual({
      points: ['acme.bed.moved', 'gap'],
    });
    expect(problemsOf(text('').replaceAll('moved', 'anything'))).toEqual([]);
  });

  it('survives a file that is no text', () => {
    expect(problemsOf('\u0000\u0001\uFFFD{[').length).toBeGreaterThan(0);
  });
});
