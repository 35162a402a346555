import { encodeModel, encodeRecords, event, int, modelTable, product } from '@usewire/protocol/model';
import { type Choice, decodeMessage, encodeMessage, Kind, type Message } from '@usewire/protocol/wire';
import { type CommitQueue, commitQueue } from '../domain/commit-queue.ts';
import { consentBook } from '../domain/consent/consent-book.ts';
import { zeroCounters } from '../domain/counters.ts';
import type { Taken } from '../domain/delivery.ts';
import { deviceRegistry } from '../domain/devices.ts';
import { noErasures } from '../domain/erasure/desk-types.ts';
import { takeIn } from '../domain/intake.ts';
import type { IntakeContext } from '../domain/intake-context.ts';
import { modelRegistry } from '../domain/models.ts';
import type { DeviceId } from '../domain/ports.ts';
import { noSealKeys } from '../domain/seal-state.ts';
import { settleGroup } from '../domain/settle.ts';
import { type MemorySpool, memorySpool } from '../spool/memory-spool.ts';
import { silentLog } from '../system.ts';

export const T0 = 1_800_000_000_000;
/** Purposes of the pillow that rest on consent. */
export const [HEALTH, RESEARCH] = [6, 8];
export const [REFUSED, GRANTED, WITHDRAWN]: Choice[] = [0, 1, 2] as Choice[];
export const PILLOW = { tenant: 'acme', device: 'pillow-1' };

const purposes = {
  service: { basis: 'contract', code: 'service_provision' },
  health: { basis: 'consent', code: 'personalisation' },
  study: { basis: 'consent', code: 'research' },
} as const;
const subjects = ['left', 'right'] as const;
const points = {
  turned: event({ id: 1, for: 'service', attributes: { times: int(1, 9) } }),
  snored: event({ id: 2, for: 'health', attributes: { times: int(1, 9) } }),
  dreamt: event({ id: 3, for: 'study', attributes: { times: int(1, 9) } }),
};

/** What two people share. `turned` rests on the contract, the others on consent. */
export const pillow = product('acme.pillow', 1, { purposes, subjects, points });
const woke = event({ id: 4, for: 'service', attributes: { times: int(1, 9) } });
/** The next model of it. */
export const pillow2 = product('acme.pillow', 2, { purposes, subjects, points: { ...points, woke } });
export const pillowTable = modelTable(pillow);
type PillowPoint = 'turned' | 'snored' | 'dreamt';

/** A data message of one record a point. */
export function pillowData(
  seq: number,
  points: readonly PillowPoint[],
  { epoch = 0, subject = 0, boot = 1 } = {},
): Uint8Array {
  const uptimeMs = 1_000;
  const entries = points.map((name) => {
    const point = pillowTable.points.findIndex((one) => one.name === name);
    return { form: 'record' as const, point, atMs: uptimeMs, values: [1] };
  });
  const records = encodeRecords(pillowTable, uptimeMs, entries, 'plain');
  const head = { kind: Kind.data, seq, boot, uptimeMs, modelHash: pillowTable.hash.subarray(0, 4), epoch };
  return encodeMessage({ ...head, records, ...(subject > 0 && { subject }) });
}

/** A choice made on the pillow on top of `epoch`. */
export function pillowChoice(
  seq: number,
  epoch: number,
  subject: number,
  choices: Record<number, Choice>,
): Uint8Array {
  return encodeMessage({ kind: Kind.choice, seq, boot: 1, uptimeMs: 900, epoch, subject, choices });
}

/** The path without sockets: time stands, commits happen when the test says so. `store` = of an earlier life. */
export function consentBench(store: MemorySpool = memorySpool()) {
  const state = { nowMs: T0 };
  const tasks: (() => void)[] = [];
  const scheduler = { soon: (task: () => void) => void tasks.push(task), after: () => () => {} };
  const clock = { nowMs: () => state.nowMs, monotonicMs: () => state.nowMs };
  const counters = zeroCounters();
  const devices = deviceRegistry();
  const kept = store.load();
  devices.restore(kept);
  const models = modelRegistry({ maxModels: 10, maxModelsPerTenant: 2 });
  models.give(encodeModel(pillow));
  const sent: Message[] = [];
  const log = silentLog;
  const onCommitted = (group: Parameters<typeof settleGroup>[0]) => settleGroup(group, counters);
  const queue: CommitQueue = commitQueue(
    { maxCommitMessages: 1_000, maxCommitBytes: 1e9, highWaterBytes: 1e9 },
    { spool: store, scheduler, clock, log, onPressure: () => {}, onCommitted },
  );
  let salts = 0;
  const takenBack: DeviceId[] = [];
  const terms = { controller: 'Acme GmbH', jurisdiction: 'EU', validForMs: null };
  const context: IntakeContext = {
    options: { earliestPlausibleMs: Date.UTC(2024, 0, 1), maxParkedBytes: 10_000 },
    ...{ clock, log, queue, devices, models, store, counters, releasing: new Set<number>() },
    erasures: noErasures,
    downlink: {
      send: (_id, payload) => {
        const decoded = decodeMessage(payload);
        if (decoded.ok) sent.push(decoded.value);
      },
    },
    consents: consentBook(terms, kept.consents, {
      newSalt: () => new Uint8Array(16).fill(++salts),
      takenBack: (id) => takenBack.push(id),
    }),
    seals: { keys: noSealKeys, policy: { minimum: 0, behind: null, byTable: true } },
  };
  const acked: number[] = [];
  const target = { ack: (token: number) => void acked.push(token), flush: () => {} };
  function take(payload: Uint8Array, token = 0): Taken {
    counters.arrived += 1;
    const device = devices.entry(PILLOW, state.nowMs);
    const arrival = { link: 'test', target, token, receivedAtMs: state.nowMs, linkAgeMs: 20 };
    return takeIn(context, { device, payload, ...arrival });
  }
  async function commit(): Promise<void> {
    while (tasks.length > 0) {
      for (const task of tasks.splice(0)) task();
      await Promise.resolve();
      await Promise.resolve();
    }
  }
  const rows = () => store.readAfter(0, { messages: 10_000, bytes: 1e9 });
  return { state, takenBack, store, context, counters, devices, sent, acked, take, commit, rows, clock };
}
