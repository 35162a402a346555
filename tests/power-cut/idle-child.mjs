import { openDeviceRegistry, openSqliteSpool } from '@usewire/gateway';
import { marksIn } from './marks.mjs';

/** A gateway's stores with something in them, and then for a while with nothing to do but what the keeper and the admin pages ask. */
const { directory, limits } = JSON.parse(process.argv[2]);
const mark = marksIn(directory);
const id = { tenant: 't', device: 'a' };
const time = { originMs: 1, quality: 1, boundMs: null, method: 'gateway-offset' };
const counts = { modelHash: '', seal: 0, recordCount: 1, gapCount: 0 };
const message = {
  ...id,
  boot: '1',
  seq: 1,
  kind: 1,
  receivedAtMs: 1,
  time,
  ...counts,
  payload: new Uint8Array(100),
};

const store = openSqliteSpool({ directory, ...limits });
const registry = openDeviceRegistry(directory, () => 1);
registry.add(id);
await store.commit([message], []);
store.advance('sink', 1);
store.checkpoint(store.load());

mark({ idle: true });
for (let turn = 0; turn < 100; turn += 1) {
  const prune = { receivedBeforeMs: 0, sinks: ['sink'] };
  if (!store.checkpoint({ boots: [], devices: [], prune }).ok) throw new Error('checkpoint');
  store.size();
  store.readAfter(store.cursor('sink'), { messages: 100, bytes: 1e6 });
  registry.list();
}
process.kill(process.pid, 'SIGKILL');
