import { fork, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const bin = here('../../../gateway/bin/usewire.js');

export const device = (name) => ({ clientId: `t.${name}`, token: `token of ${name}` });

/** The built gateway as it is run in earnest, in a process of its own; `tls` = `{cert, key}` or null, `devices` as of `device()`. */
export async function floodedGateway({ devices, models = [], tls = null, guard = {} }) {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-floods-'));
  const files = models.map((bytes, i) => {
    const file = join(directory, `model-${i}.cbor`);
    writeFileSync(file, bytes);
    return file;
  });
  const auth = { mode: 'tokens', devices: devices.map(listed) };
  const listen = { mqtt: { port: 0 }, ...(tls ? { mqtts: { port: 0, ...tls } } : {}) };
  // JSON is YAML.
  const config = { listen, auth, guard, models: files, sinks: [], admin: { port: 0 }, dataDirectory: 'data' };
  writeFileSync(join(directory, 'usewire.yaml'), JSON.stringify(config, null, 1));
  const child = spawn(process.execPath, [bin, 'gateway', '--config', join(directory, 'usewire.yaml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { mqttPort, mqttsPort, httpPort } = await ready(child);
  return {
    pid: child.pid,
    mqttPort,
    mqttsPort,
    counters: async () => (await (await fetch(`http://127.0.0.1:${httpPort}/api/status`)).json()).counters,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const code = await ended;
      rmSync(directory, { recursive: true, force: true });
      return code;
    },
  };
}

function listed({ clientId, token }) {
  const [tenant, name] = clientId.split('.');
  return { tenant, device: name, tokenSha256: createHash('sha256').update(token).digest('hex') };
}

function ready(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const line = said.split('\n').find((text) => text.includes('"gateway.ready"'));
      if (line !== undefined && said.indexOf(line) + line.length < said.length) resolve(JSON.parse(line));
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${said}`)));
  });
}

/** Begins an attack from a process of its own. */
export async function attack(order) {
  const child = fork(here('./attacker.mjs'));
  const answer = (message) =>
    new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`the attacker ended with ${code}`)));
      child.send(message);
    });
  await answer(order);
  return {
    tally: () => answer('tally'),
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.once('exit', resolve);
        child.send('stop');
      }),
  };
}
