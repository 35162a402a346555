import { join } from 'node:path';
import { seededRandom } from '@usewire/device-sdk/testing';
import { openSqliteSpool } from '@usewire/gateway';
import { digest, marksIn } from './marks.mjs';

/**
 * One life of a busy spool, under the recorder: everything that the gateway asks of it, in random order. Before each call a mark says what is asked,
 * after it that it was answered: `{asks}`, `{answered}`.
 */
const { directory, seed, steps, limits } = JSON.parse(process.argv[2]);
const mark = marksIn(directory);
const random = seededRandom(seed);
const below = (limit) => Math.floor(random.next() * limit);

// A folder that is not there yet: its own name has to outlive a power cut, too.
const store = openSqliteSpool({ directory: join(directory, 'store'), ...limits });
// Past everything that an earlier life may have used, so that a number never stands for two contents.
let nextSeq = seed * 1_000_000;
let n = 0;

function bytesOf(length) {
  const bytes = Buffer.alloc(length);
  random.fill(bytes);
  return bytes;
}

function message() {
  // A hole now and then; every tenth length is more than a page.
  nextSeq += below(4) === 0 ? 2 : 1;
  const head = { tenant: 't', device: `d${below(12)}`, boot: String(1 + below(3)), seq: nextSeq, kind: 1 };
  const time = { originMs: 1_000, quality: 1, boundMs: 250, method: 'gateway-offset' };
  const counts = { modelHash: '00c0ffee', seal: 0, recordCount: 1 + below(20), gapCount: below(2) };
  const payload = bytesOf(below(10) === 0 ? 4_000 + below(9_000) : 20 + below(1_500));
  return { ...head, receivedAtMs: 1_700_000_000_000 + n, time, ...counts, payload };
}

const told = ({ tenant, device, boot, seq, recordCount, payload }) => ({
  tenant,
  device,
  boot,
  seq,
  records: recordCount,
  digest: digest(payload),
});

function refused(modelHash) {
  const detail = `${seed}.${n}.${below(1e9)}`;
  const head = { tenant: 't', device: `d${below(12)}`, receivedAtMs: 1_700_000_000_000 + n, link: 'mqtt' };
  return {
    ...head,
    reason: modelHash ? 'unknownModel' : 'malformed',
    modelHash,
    detail,
    payload: bytesOf(below(600)),
  };
}

async function commit() {
  const messages = Array.from({ length: 1 + below(below(4) === 0 ? 60 : 8) }, message);
  const quarantined = below(3) === 0 ? [refused(), refused('00000001')] : [];
  const parked = below(4) === 0 ? store.parked({ tenant: '', modelHash: '00000001' }, 3) : [];
  const consents = below(5) === 0 ? [consent()] : [];
  const devices =
    below(2) === 0 ? [{ tenant: 't', device: 'd0', lastSeenMs: n, state: 'online', sw: String(n) }] : [];
  mark({
    asks: 'commit',
    messages: messages.map(told),
    quarantined: quarantined.map((entry) => entry.detail),
    released: parked.map((entry) => entry.detail),
    consents: consents.map((entry) => entry.number),
  });
  const releasedQuarantine = parked.map((entry) => entry.id);
  const outcome = await store.commit(messages, quarantined, { consents, devices, releasedQuarantine });
  if (!outcome.ok) throw new Error(outcome.failure.message);
}

function consent() {
  nextSeq += 1;
  const which = { tenant: 't', device: 'd0', number: nextSeq, subject: 0, epoch: n };
  return { ...which, salt: bytesOf(16), body: `entry ${nextSeq}`, hash: bytesOf(32), ackedAtMs: null };
}

function advance() {
  const sink = below(2) === 0 ? 'a' : 'b';
  const cursor = store.cursor(sink);
  const position = cursor + below(store.lastPosition() - cursor + 1);
  mark({ asks: 'advance', sink, position });
  store.advance(sink, position);
}

function checkpoint() {
  const { boots, devices } = store.load();
  const prune =
    below(2) === 0 ? { receivedBeforeMs: 1_700_000_000_000 + n - below(10), sinks: ['a', 'b'] } : undefined;
  mark({ asks: 'checkpoint', through: prune ? Math.min(store.cursor('a'), store.cursor('b')) : 0 });
  const outcome = store.checkpoint({ boots, devices, prune });
  if (!outcome.ok) throw new Error(outcome.failure.message);
}

for (n = 1; n <= steps; n += 1) {
  const kind = below(10);
  if (kind < 7) await commit();
  else if (kind < 9) advance();
  else checkpoint();
  mark({ answered: true });
}
// Every other life ends as a kill does: the log of writes stays as it is.
if (seed % 2 === 0) await store.close();
else process.kill(process.pid, 'SIGKILL');
