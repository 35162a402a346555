import { join } from 'node:path';
import { fileStorage } from '@usewire/device-sdk';
import { seededRandom } from '@usewire/device-sdk/testing';
import { digest, marksIn } from './marks.mjs';

/**
 * One life of a device's storage under the recorder: appends, removes and syncs of segments, some syncs while another is under way, and small values put.
 * Marks say what is done, and what was promised: `{synced: n}` = everything before `{syncs: n}` is durable.
 */
const { directory, seed, steps } = JSON.parse(process.argv[2]);
const mark = marksIn(directory);
const random = seededRandom(seed);
const below = (limit) => Math.floor(random.next() * limit);

const storage = fileStorage(join(directory, 'device'));
let made = 0;
let syncs = 0;
const names = [];

function bytesOf(length) {
  const bytes = new Uint8Array(length);
  random.fill(bytes);
  return bytes;
}

function newName() {
  made += 1;
  const name = `s${seed}-${made}`;
  names.push(name);
  return name;
}

function append() {
  const name = names.length < 3 || below(6) === 0 ? newName() : names[below(names.length)];
  const bytes = bytesOf(1 + below(below(10) === 0 ? 5_000 : 200));
  mark({ appends: name, hex: Buffer.from(bytes).toString('hex') });
  if (!storage.append(name, bytes)) throw new Error(`append to ${name}`);
}

function remove() {
  const [name] = names.splice(below(names.length), 1);
  if (name === undefined) return;
  mark({ removes: name });
  storage.remove(name);
}

function sync() {
  syncs += 1;
  const number = syncs;
  mark({ syncs: number });
  return new Promise((resolve, reject) => {
    storage.sync((ok) => {
      if (!ok) reject(new Error('sync'));
      mark({ synced: number });
      resolve();
    });
  });
}

/** While another is under way: it promises what that one has not done yet. */
function syncAgain() {
  if (below(2) === 0) append();
  return sync();
}

function put() {
  const key = `k${below(3)}`;
  const bytes = bytesOf(1 + below(900));
  mark({ puts: key, digest: digest(bytes) });
  if (!storage.put(key, bytes)) throw new Error(`put ${key}`);
  mark({ put: key });
}

for (let n = 0; n < steps; n += 1) {
  const kind = below(12);
  if (kind < 6) append();
  else if (kind < 7) remove();
  else if (kind < 9) put();
  else if (kind < 11) await sync();
  else await Promise.all([sync(), syncAgain()]);
}
storage.close();
