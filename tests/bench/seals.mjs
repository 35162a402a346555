import { createPublicKey } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDeviceRegistry } from '@usewire/gateway';
import { keyRing, parseSealKey, seal } from '@usewire/protocol/seal';
import { firstSeq, preparedMessage } from './lib/gateway/messages.mjs';
import { cpuSeconds, gatewayServer } from './lib/gateway/servers.mjs';

const CONNECTIONS = 16;
const LEVELS = [0, 1, 2, 3];

function text(value) {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

function packet(header, ...parts) {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([header, ...length]), body]);
}

/** All packets of a device, sealed before the clock starts: the generator's work is not the gateway's. */
function packetsOf(name, level, { directory, messages }) {
  const [tenant, device] = name.split('.');
  let sealOne = (message) => message;
  if (level > 0) {
    const registry = openDeviceRegistry(directory, Date.now);
    const { generation, secret, privateKey } = parseSealKey(
      registry.seals.give({ tenant, device }, level).token,
    );
    registry.close();
    const publicKey = privateKey && createPublicKey(privateKey);
    const keys = keyRing(generation, [{ generation, secret, publicKey }]);
    const signer = privateKey && { generation, privateKey };
    const context = { tenant, device, direction: 'up', keys, signer };
    sealOne = (message) => Buffer.from(seal(level, message, context));
  }
  const { bytes, seqAt } = preparedMessage();
  const topic = text(`pou/1/${tenant}/${device}/up`);
  return Array.from({ length: messages }, (_, i) => {
    const message = Buffer.from(bytes);
    message.writeUInt32BE(firstSeq + i, seqAt);
    const id = Buffer.from([((i % 65_535) + 1) >> 8, ((i % 65_535) + 1) & 255]);
    return packet(0x32, topic, id, sealOne(message));
  });
}

/** Sends everything and resolves when everything is acknowledged. */
function play(port, { name, token, packets }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let left = 4 + packets.length * 4;
    let isIn = false;
    socket.on('error', (error) => reject(new Error(`${name}: ${error.message}, ${left} bytes were to come`)));
    socket.on('close', () =>
      left > 0 ? reject(new Error(`the connection of ${name} was closed`)) : undefined,
    );
    socket.on('data', (chunk) => {
      left -= chunk.length;
      // The guard takes little before the CONNACK.
      if (!isIn) socket.write(Buffer.concat(packets));
      isIn = true;
      if (left <= 0) resolve(socket.destroy());
    });
    const flags = Buffer.from([4, 0xc2, 0, 0]);
    socket.write(packet(0x10, text('MQTT'), flags, text(name), text(name), text(token)));
  });
}

/** CPU microseconds of the gateway for a message of a level. */
async function measure(level, { messages, warmUp }) {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-bench-'));
  const names = Array.from({ length: CONNECTIONS }, (_, i) => `bench.sealed-${i}`);
  const tokens = names.map((name) => `token-of-${name}`);
  const devices = names.map((name, i) => ({
    name,
    token: tokens[i],
    packets: packetsOf(name, level, { directory, messages: warmUp + messages }),
  }));
  const server = await gatewayServer({ directory, names, tokens });
  const part = (from, to) =>
    Promise.all(devices.map((one) => play(server.port, { ...one, packets: one.packets.slice(from, to) })));
  try {
    await part(0, warmUp);
    const before = cpuSeconds(server.pid);
    await part(warmUp, warmUp + messages);
    const { messages: stored } = await server.counters();
    if (stored !== CONNECTIONS * (warmUp + messages)) throw new Error(`S${level}: stored ${stored}`);
    return ((cpuSeconds(server.pid) - before) * 1e6) / (CONNECTIONS * messages);
  } finally {
    await server.stop();
  }
}

/** What opening a seal costs the gateway: CPU of its whole durable path, to the same messages without seals, in one run. */
export async function run({ json = false, quick = false } = {}) {
  const plan = quick ? { messages: 2_000, warmUp: 500 } : { messages: 5_000, warmUp: 1_000 };
  const rounds = [];
  for (let i = 0; i < (quick ? 1 : 3); i += 1) {
    const round = [];
    for (const level of LEVELS) round.push(await measure(level, plan));
    rounds.push(round);
  }
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  const figures = {};
  const lines = [`  ${CONNECTIONS} connections, ${preparedMessage().records} records a message, QoS 1`];
  for (const level of LEVELS) {
    const us = median(rounds.map((round) => round[level]));
    const ratio = median(rounds.map((round) => round[level] / round[0]));
    figures[`s${level}`] = { cpuUs: Number(us.toFixed(1)), ratioToS0: Number(ratio.toFixed(2)) };
    lines.push(`  S${level}  ${us.toFixed(1).padStart(7)} us of CPU a message   ${ratio.toFixed(2)} x S0`);
  }
  (json ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
  return figures;
}
