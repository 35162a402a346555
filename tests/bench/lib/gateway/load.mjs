import { connect } from 'node:net';
import { firstSeq, preparedMessage } from './messages.mjs';

/**
 * Load generator in its own process: raw sockets, prepared packets, QoS 1. Orders come from the parent, one run each:
 * {port, connections, window, warmUpMs, measureMs, tokens, ratePerS?}. Without a rate each connection keeps `window`
 * messages unacknowledged; with one, messages leave at their due times and latency counts from there.
 */
const CONNACK_BYTES = 4;
const PUBACK_BYTES = 4;

function text(value) {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

function frame(header, body) {
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([header, ...length]), body]);
}

function connectFrame(name, token) {
  const flags = Buffer.from([4, 0xc2, 0, 0]);
  return frame(0x10, Buffer.concat([text('MQTT'), flags, text(name), text(name), text(token)]));
}

function template(name) {
  const [tenant, device] = name.split('.');
  const topic = text(`pou/1/${tenant}/${device}/up`);
  const { bytes, seqAt } = preparedMessage();
  const packet = frame(0x32, Buffer.concat([topic, Buffer.alloc(2), bytes]));
  const idAt = packet.length - bytes.length - 2;
  return { packet, idAt, seqAt: idAt + 2 + seqAt };
}

const publishers = new Map();

function createPublisher(port, name, token, onAcks) {
  const { packet, idAt, seqAt } = template(name);
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const state = { socket, ready: null, sent: 0, acked: 0, seq: firstSeq, nextAck: 1, id: 1, partial: 0 };
  state.ready = new Promise((resolve, reject) => {
    let greeting = CONNACK_BYTES;
    socket.once('connect', () => socket.write(connectFrame(name, token)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`connection of ${name} was closed`)));
    socket.on('data', (chunk) => {
      let at = 0;
      if (greeting > 0) {
        at = Math.min(greeting, chunk.length);
        greeting -= at;
        if (greeting === 0) {
          if (chunk[3] !== 0) reject(new Error(`CONNACK ${chunk[3]}`));
          resolve();
        }
      }
      state.partial += chunk.length - at;
      const acks = Math.floor(state.partial / PUBACK_BYTES);
      state.partial -= acks * PUBACK_BYTES;
      state.acked += acks;
      if (acks > 0) onAcks(state, acks);
    });
  });
  state.send = (count) => {
    const bytes = Buffer.allocUnsafe(count * packet.length);
    for (let i = 0; i < count; i += 1) {
      const at = i * packet.length;
      packet.copy(bytes, at);
      bytes.writeUInt16BE(state.id, at + idAt);
      bytes.writeUInt32BE(state.seq, at + seqAt);
      state.id = state.id === 65_535 ? 1 : state.id + 1;
      state.seq += 1;
    }
    state.sent += count;
    socket.write(bytes);
  };
  return state;
}

function total(list, key) {
  return list.reduce((sum, item) => sum + item[key], 0);
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition, deadlineMs) {
  const end = performance.now() + deadlineMs;
  while (!condition() && performance.now() < end) await wait(5);
}

/** Publishers stay connected between runs, so that their sequence numbers go on. */
async function publishersFor(order) {
  const known = publishers.get(order.port);
  if (known) return known;
  const hooks = { onAcks: () => {} };
  const list = order.names.map((name, i) =>
    createPublisher(order.port, name, order.tokens[i], (publisher, acks) => hooks.onAcks(publisher, acks)),
  );
  await Promise.all(list.map((publisher) => publisher.ready));
  const entry = { list, hooks };
  publishers.set(order.port, entry);
  return entry;
}

async function measure(list, order, drive) {
  await wait(order.warmUpMs);
  process.send({ mark: 'start', acked: total(list, 'acked') });
  await wait(order.measureMs);
  process.send({ mark: 'end', acked: total(list, 'acked') });
  drive.stop();
  await until(() => total(list, 'acked') >= total(list, 'sent'), 20_000);
  return { sent: total(list, 'sent'), acked: total(list, 'acked') };
}

async function saturate(order) {
  const { list, hooks } = await publishersFor(order);
  let running = true;
  hooks.onAcks = (publisher, acks) => {
    if (running) publisher.send(acks);
  };
  for (const publisher of list) publisher.send(order.window);
  return measure(list, order, {
    stop: () => {
      running = false;
    },
  });
}

function quantiles(values) {
  const sorted = values.slice().sort((a, b) => a - b);
  return (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Messages leave at their due times; how late the generator itself was tells what the machine has to give. */
async function steady(order) {
  const { list, hooks } = await publishersFor(order);
  const due = new Map(list.map((publisher) => [publisher, []]));
  const latencies = [];
  const late = [];
  hooks.onAcks = (publisher, acks) => {
    const now = performance.now();
    for (const at of due.get(publisher).splice(0, acks)) latencies.push(now - at);
  };
  const started = performance.now();
  const stepMs = 1000 / order.ratePerS;
  let count = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    for (let at = started + count * stepMs; at <= now; at = started + count * stepMs) {
      const publisher = list[count % list.length];
      due.get(publisher).push(at);
      late.push(now - at);
      publisher.send(1);
      count += 1;
    }
  }, 1);
  await wait(order.warmUpMs);
  latencies.length = 0;
  late.length = 0;
  const sum = await measure(list, { ...order, warmUpMs: 0 }, { stop: () => clearInterval(timer) });
  const latency = quantiles(latencies);
  return { ...sum, p50Ms: latency(0.5), p99Ms: latency(0.99), lateP99Ms: quantiles(late)(0.99) };
}

process.on('message', async (order) => {
  try {
    const result = order.ratePerS ? await steady(order) : await saturate(order);
    process.send({ result });
  } catch (error) {
    process.send({ error: error.message });
  }
});
