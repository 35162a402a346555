import { openSqliteSpool } from '@usewire/gateway';
import { toHex } from '@usewire/protocol/wire';
import { table } from '../usewire.mjs';
import { firstSeq, modelBytes, preparedMessage } from './messages.mjs';

/**
 * Fills a store as hard as it can be for the next start: nothing delivered, many devices, no two sequence numbers in a row, and a snapshot after the
 * first `saved` messages only (0 = none). Then this process is killed as it stands, with its commits in the write-ahead log. Orders: `{directory,
 * messages, saved, devices}`.
 */
const COMMIT_ROWS = 1_000;
const LIMITS = { maxBytes: 2 ** 40, maxQuarantineBytes: 2 ** 26, maxQuarantineBytesPerDevice: 2 ** 22 };

process.once('message', async ({ directory, messages, saved, devices }) => {
  const store = openSqliteSpool({ directory, ...LIMITS });
  const model = { hash: toHex(table.hash), bytes: modelBytes, receivedAtMs: Date.now() };
  await store.commit([], [], { models: [model] });
  for (let n = 0; n < messages; n += COMMIT_ROWS) {
    const rows = Array.from({ length: COMMIT_ROWS }, (_, i) => messageOf(n + i, devices));
    const outcome = await store.commit(rows, []);
    if (!outcome.ok) throw new Error(outcome.failure.message);
    if (n + COMMIT_ROWS === saved) store.checkpoint(store.load());
  }
  process.kill(process.pid, 'SIGKILL');
});

const { bytes, seqAt, records } = preparedMessage();
const modelHash = toHex(table.hash.subarray(0, 4));
const refs = [];

function messageOf(n, devices) {
  const device = n % devices;
  const seq = firstSeq + 2 * Math.floor(n / devices);
  const payload = Buffer.from(bytes);
  payload.writeUInt32BE(seq, seqAt);
  refs[device] ??= { rowId: 0 };
  return {
    tenant: 'bench',
    device: `device-${device}`,
    kind: 1,
    boot: '7',
    seq,
    receivedAtMs: Date.now(),
    time: { originMs: 1_764_000_000_000, quality: 1, boundMs: 250, method: 'gateway-offset' },
    modelHash,
    recordCount: records,
    gapCount: 0,
    seal: 0,
    payload,
    bootRef: refs[device],
  };
}
