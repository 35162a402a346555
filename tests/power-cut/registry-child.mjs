import { seededRandom } from '@usewire/device-sdk/testing';
import { openDeviceRegistry } from '@usewire/gateway';
import { marksIn } from './marks.mjs';

/** One life of the registry of devices under the recorder. A mark before each change, and one after it was told as done. */
const { directory, seed, steps } = JSON.parse(process.argv[2]);
const mark = marksIn(directory);
const random = seededRandom(seed);
const below = (limit) => Math.floor(random.next() * limit);
const registry = openDeviceRegistry(directory, () => 1_700_000_000_000 + seed);

const changes = [
  ['added', (id) => registry.add(id, { again: true })],
  ['rotated', (id) => registry.rotate(id, below(2) * 1_000)],
  ['revoked', (id) => registry.revoke(id)],
  ['sealed in S2, key generation 1', (id) => registry.seals.give(id, 2)],
  ['new seal key, S2, generation 1', (id) => registry.seals.rotate(id, 0)],
  ['claim token made', (id) => ({ ok: registry.claimToken(id.tenant, id.device, 1_000) !== '' })],
];

for (let n = 0; n < steps; n += 1) {
  const id = { tenant: 't', device: `d${below(6)}` };
  const [what, change] = changes[below(changes.length)];
  mark({ asks: what, device: id.device });
  mark({ answered: change(id).ok });
}
