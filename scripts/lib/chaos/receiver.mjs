import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { load } from './packages.mjs';
import { SINK_FAULTS } from './plan.mjs';

const { stream } = await load('@usewire/simulators');

/** Share of requests that go wrong by themselves, between the planned faults. */
const OWN_FAULTS = 0.08;
/** Longer than the sink's patience. */
const SILENCE_MS = 2_000;

/**
 * The far end of the HTTP sink: remembers `Idempotency-Key`, takes a batch once, and answers badly by seed. What it took is
 * in `file`, an NDJSON line a batch. `onWrong` hears of a key that came back with other records.
 * @param {{seed: number, file: string, onWrong(text: string): void}} options
 */
export async function startReceiver({ seed, file, onWrong }) {
  const random = stream(seed, 'chaos', 'receiver');
  /** Key -> hash of the ids that came with it. */
  const taken = new Map();
  const counts = {
    requests: 0,
    taken: 0,
    repeated: 0,
    ...Object.fromEntries(SINK_FAULTS.map((one) => [one, 0])),
  };
  let fault = null;
  let healthy = false;

  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (chunk) => parts.push(chunk));
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('end', () => answer(request, response, Buffer.concat(parts)));
  });

  function answer(request, response, body) {
    counts.requests += 1;
    const own = random.chance(OWN_FAULTS) ? random.pick(SINK_FAULTS) : null;
    const wrong = healthy ? null : (fault ?? own);
    if (wrong !== null) counts[wrong] += 1;
    if (wrong === 'http429') return end(response, 429, { 'retry-after': '0' });
    if (wrong === 'http500') return end(response, 500);
    if (wrong === 'drop') return request.socket.destroy();
    // Silence before or after it was taken: the sender cannot know.
    if (wrong === 'timeout') return void setTimeout(() => end(response, 503), SILENCE_MS).unref();
    take(request.headers['idempotency-key'], body);
    if (wrong === 'lostAnswer') return request.socket.destroy();
    if (wrong === 'drip') return drip(response);
    end(response, 200);
  }

  function take(key, body) {
    const events = JSON.parse(gunzipSync(body).toString('utf8'));
    const ids = createHash('sha256');
    for (const event of events) ids.update(`${event.source}${event.id}\n`);
    const hash = ids.digest('hex');
    const before = taken.get(key);
    if (before !== undefined) {
      counts.repeated += 1;
      if (before !== hash) onWrong(`key ${key} came again with other records`);
      return;
    }
    taken.set(key, hash);
    counts.taken += 1;
    appendFileSync(file, `${JSON.stringify({ key, events })}\n`);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/events`,
    counts,
    strike({ fault: kind, forMs }) {
      fault = kind;
      setTimeout(() => {
        if (fault === kind) fault = null;
      }, forMs).unref();
    },
    mend() {
      healthy = true;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function end(response, status, headers = {}) {
  if (!response.destroyed) response.writeHead(status, headers).end();
}

/** A byte now and then, for longer than the sink's patience. */
function drip(response) {
  response.writeHead(200);
  let left = 8;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0 && !response.destroyed) response.write('.');
    else {
      clearInterval(timer);
      response.end();
    }
  }, 250);
  timer.unref();
}
