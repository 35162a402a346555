import {
  encodeModel,
  encodeRecords,
  event,
  int,
  type ModelTable,
  modelTable,
  product,
} from '@usewire/protocol/model';
import { decodeMessage, encodeMessage, Kind, type Message } from '@usewire/protocol/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import { type MemorySpool, memorySpool } from '../spool/memory-spool.ts';
import { silentLog } from '../system.ts';
import { type CommitQueue, commitQueue } from './commit-queue.ts';
import { consentBook } from './consent/consent-book.ts';
import { zeroCounters } from './counters.ts';
import { MAX_RANGES } from './dedupe.ts';
import type { Taken } from './delivery.ts';
import { type Devices, deviceRegistry } from './devices.ts';
import { noErasures } from './erasure/desk-types.ts';
import { takeIn } from './intake.ts';
import type { IntakeContext } from './intake-context.ts';
import { keeper, MAX_UNSAVED_ROWS } from './keeper.ts';
import { type Models, modelRegistry } from './models.ts';
import { noSealKeys } from './seal-state.ts';
import { settleGroup } from './settle.ts';

const T0 = 1_800_000_000_000;
const MINUTE = 60_000;

const button = product('test.button', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: { pressed: event({ id: 1, for: 'service', attributes: { times: int(1, 9) } }) },
});
const table = modelTable(button);

interface DataOptions {
  boot?: number | Uint8Array;
  uptimeMs?: number;
  ageMs?: number;
  clock?: { unixMs: number; quality: number; boundMs?: number };
  /** One with the same points. */
  model?: ModelTable;
}

function data(seq: number, options: DataOptions = {}): Uint8Array {
  const { boot = 1, uptimeMs = 1_000, clock, ageMs, model = table } = options;
  const point = table.points.findIndex((p) => p.name === 'pressed');
  const records = encodeRecords(
    table,
    uptimeMs,
    [{ form: 'record', point, atMs: uptimeMs, values: [1] }],
    'plain',
  );
  const head = { kind: Kind.data, seq, boot, uptimeMs, modelHash: model.hash.subarray(0, 4), epoch: 0 };
  return encodeMessage({ ...head, ...(clock && { clock }), records, ...(ageMs !== undefined && { ageMs }) });
}

/** The path without sockets: time stands, commits happen when the test says so. */
function bench() {
  const state = { nowMs: T0 };
  const store: MemorySpool = memorySpool();
  const tasks: (() => void)[] = [];
  const scheduler = { soon: (task: () => void) => void tasks.push(task), after: () => () => {} };
  const clock = { nowMs: () => state.nowMs, monotonicMs: () => state.nowMs };
  const counters = zeroCounters();
  const devices: Devices = deviceRegistry();
  const models: Models = modelRegistry({ maxModels: 10, maxModelsPerTenant: 2 });
  models.give(encodeModel(button));
  const sent: Message[] = [];
  const queue: CommitQueue = commitQueue(
    { maxCommitMessages: 1_000, maxCommitBytes: 1e9, highWaterBytes: 1e9 },
    {
      spool: store,
      scheduler,
      clock,
      log: silentLog,
      onPressure: () => {},
      onCommitted: (group) => settleGroup(group, counters),
    },
  );
  const context: IntakeContext = {
    options: { earliestPlausibleMs: Date.UTC(2024, 0, 1), maxParkedBytes: 200 },
    clock,
    log: silentLog,
    queue,
    devices,
    models,
    store,
    downlink: {
      send: (_id, payload) => {
        const decoded = decodeMessage(payload);
        if (decoded.ok) sent.push(decoded.value);
      },
    },
    counters,
    releasing: new Set(),
    erasures: noErasures,
    consents: consentBook({ controller: '', jurisdiction: '', validForMs: null }, [], {
      newSalt: () => new Uint8Array(16),
      takenBack: () => {},
    }),
    seals: { keys: noSealKeys, policy: { minimum: 0, behind: null, byTable: true } },
  };
  const acked: number[] = [];
  const target = { ack: (token: number) => void acked.push(token), flush: () => {} };
  function take(payload: Uint8Array, token = 0): Taken {
    const device = devices.entry({ tenant: 't', device: 'b' }, state.nowMs);
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
  return { state, store, context, counters, devices, sent, acked, take, commit, rows, scheduler, clock };
}

let b: ReturnType<typeof bench>;
beforeEach(() => {
  b = bench();
});

describe('time of a message', () => {
  it('is the device clock from quality 2 on, with its bound, for the uptime of the base', async () => {
    b.take(data(0, { uptimeMs: 5_000, clock: { unixMs: T0 - 70, quality: 3, boundMs: 20 } }));
    await b.commit();
    expect(b.rows()[0]?.time).toEqual({ originMs: T0 - 5_070, quality: 3, boundMs: 20, method: 'device' });
  });

  it('is learnt by the gateway when the clock runs free', async () => {
    b.take(data(0, { uptimeMs: 5_000, clock: { unixMs: T0 - 9e6, quality: 1 } }));
    await b.commit();
    expect(b.rows()[0]?.time).toMatchObject({ originMs: T0 - 5_000, quality: 1, method: 'gateway-offset' });
  });

  it('is learnt, and the clock counted as implausible, when it is years off', async () => {
    b.take(data(0, { uptimeMs: 5_000, clock: { unixMs: 0, quality: 4 } }));
    b.take(data(1, { uptimeMs: 5_000, clock: { unixMs: T0 + 6 * MINUTE, quality: 4 } }));
    await b.commit();
    expect(b.rows().map((row) => row.time.method)).toEqual(['gateway-offset', 'gateway-offset']);
    expect(b.counters.clockImplausible).toBe(2);
  });

  it('does not move when a message comes late: its age and its delay are no news', async () => {
    b.take(data(0, { uptimeMs: 10_000 }));
    b.state.nowMs += 40 * MINUTE;
    b.take(data(1, { uptimeMs: 20_000 }));
    b.take(data(2, { uptimeMs: 10_000, ageMs: 40 * MINUTE }));
    await b.commit();
    expect(b.rows().map((row) => row.time.originMs)).toEqual([T0 - 10_000, T0 - 10_000, T0 - 10_000]);
  });

  it('of a boot that is over has no invented value: before the next boot began, quality 0', async () => {
    b.take(
      encodeMessage({
        kind: Kind.hello,
        seq: 0,
        boot: 2,
        uptimeMs: 1_000,
        modelHash: table.hash.subarray(0, 8),
      }),
    );
    b.state.nowMs += 10 * MINUTE;
    b.take(data(0, { boot: 1, uptimeMs: 30_000 }));
    await b.commit();
    // Boot 2 began at T0 - 1,000; the message was encoded at uptime 30,000 of boot 1.
    expect(b.rows()[0]?.time).toEqual({
      originMs: T0 - 31_000,
      quality: 0,
      boundMs: null,
      method: 'receive',
    });
  });
});

describe('duplicates', () => {
  it('of a message on its way are answered by the commit that holds it, and stored once', async () => {
    b.take(data(0), 1);
    b.take(data(0), 2);
    expect(b.acked).toEqual([]);
    await b.commit();
    expect(b.acked).toEqual([1, 2]);
    expect(b.rows()).toHaveLength(1);
  });

  it('are told apart by boot: a counter, another counter, a random id', async () => {
    const random = new Uint8Array(8).fill(0xab);
    b.take(data(0, { boot: 1 }));
    b.take(data(0, { boot: 2 }));
    b.take(data(0, { boot: random }));
    b.take(data(0, { boot: random }));
    await b.commit();
    expect(b.rows().map((row) => row.boot)).toEqual(['1', '2', 'abababababababab']);
    expect(b.counters.duplicates).toBe(1);
  });

  it('are recognised out of order, live before backlog', async () => {
    for (const seq of [5, 6, 0, 1, 5, 2, 0, 3, 4]) b.take(data(seq));
    await b.commit();
    expect(b.rows().map((row) => row.seq)).toEqual([5, 6, 0, 1, 2, 3, 4]);
    expect(b.devices.gaps()).toEqual([]);
  });

  it('are recognised at the end of both counters, and not confused with what comes behind the end', async () => {
    const [seq, boot] = [2 ** 32 - 1, 2 ** 32 - 1];
    const next = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    for (const message of [data(seq - 1, { boot }), data(seq, { boot }), data(0, { boot: next })]) {
      b.take(message);
      b.take(message);
    }
    await b.commit();
    expect(b.rows().map((row) => `${row.boot}/${row.seq}`)).toEqual([
      `${boot}/${seq - 1}`,
      `${boot}/${seq}`,
      '0102030405060708/0',
    ]);
    expect(b.counters.duplicates).toBe(3);
  });

  it('are never guessed: a boot with too many holes is not acknowledged further, and nothing is forgotten', async () => {
    for (let i = 0; i < MAX_RANGES; i += 1) b.take(data(i * 2));
    expect(b.take(data(MAX_RANGES * 2 + 1))).toEqual({ ok: false, reason: 'too-many-gaps' });
    expect(b.take(data((MAX_RANGES - 1) * 2 + 1)).ok).toBe(true);
    expect(b.take(data(0)).ok).toBe(true);
    await b.commit();
    expect(b.counters.duplicates).toBe(1);
  });
});

describe('what is refused', () => {
  it('is a kind that only the gateway sends', async () => {
    b.take(encodeMessage({ kind: Kind.ack, boot: 1, nextSeq: 5 }), 1);
    await b.commit();
    expect(b.store.quarantine({})).toMatchObject([
      { reason: 'schema', detail: 'kind 4 is for devices, not from them' },
    ]);
    expect(b.sent).toMatchObject([{ kind: Kind.nack, code: 3 }]);
    expect(b.acked).toEqual([1]);
  });

  it('is an empty message', async () => {
    b.take(new Uint8Array(0), 1);
    await b.commit();
    expect(b.store.quarantine({})).toMatchObject([{ reason: 'malformed' }]);
    expect(b.acked).toEqual([1]);
  });

  it('is told by nack only after it is kept', async () => {
    b.store.failWith({ code: 'SPOOL_IO', message: 'slow' });
    b.take(Uint8Array.of(0xff));
    await b.commit();
    expect(b.sent).toEqual([]);
  });

  it('is on the status topic when it is no status', async () => {
    const device = b.devices.entry({ tenant: 't', device: 'b' }, T0);
    const taken = takeIn(b.context, {
      device,
      payload: data(0),
      link: 'test',
      target: null,
      token: 0,
      receivedAtMs: T0,
      linkAgeMs: null,
      onStatus: true,
    });
    expect(taken).toEqual({ ok: true, quarantined: true });
    await b.commit();
    expect(b.store.quarantine({})).toMatchObject([
      { detail: "kind 1 belongs on the topic 'up', not on 'st'" },
    ]);
    expect(b.rows()).toEqual([]);
  });

  it('is told a hundred times in ten seconds and no more', async () => {
    for (let i = 0; i < 150; i += 1) b.take(Uint8Array.of(0xff, i));
    await b.commit();
    expect(b.sent).toHaveLength(100);
    expect(b.counters).toMatchObject({ nacks: 100, nacksHeldBack: 50, quarantined: { malformed: 150 } });
    b.state.nowMs += 10_001;
    b.take(Uint8Array.of(0xff));
    await b.commit();
    expect(b.sent).toHaveLength(101);
  });

  it('is a model whose hash is not its own, or that is none', async () => {
    const model = encodeModel(button);
    b.take(encodeMessage({ kind: Kind.model, modelHash: Uint8Array.of(1, 2, 3, 4), model }));
    b.take(
      encodeMessage({ kind: Kind.model, modelHash: Uint8Array.of(1, 2, 3, 4), model: Uint8Array.of(1) }),
    );
    await b.commit();
    expect(b.counters.quarantined).toEqual({ schema: 2 });
  });
});

describe('messages of an unknown model', () => {
  const parked = () => {
    const bytes = data(0);
    const at = Buffer.from(bytes).indexOf(Buffer.from(table.hash.subarray(0, 4)));
    bytes.set([9, 9, 9, 9], at);
    return bytes;
  };

  it('are not acknowledged beyond the bound of their device: what is parked is never pushed out', async () => {
    const results = Array.from({ length: 8 }, () => b.take(parked()));
    const fitting = Math.floor(200 / parked().length);
    expect(results.map((taken) => taken.ok)).toEqual(Array.from({ length: 8 }, (_, i) => i < fitting));
    expect(results.at(-1)).toEqual({ ok: false, reason: 'parked-full' });
    await b.commit();
    expect(b.store.parked({ tenant: 't', modelHash: '09090909' }, 100)).toHaveLength(fitting);
  });

  it('are taken in once when the model comes twice', async () => {
    const { purposes, points } = button;
    const newer = product('test.button', 2, { purposes, points });
    const own = modelTable(newer);
    for (let seq = 0; seq < 3; seq += 1) b.take(data(seq, { model: own }));
    await b.commit();
    expect(b.counters.quarantined).toEqual({ unknownModel: 3 });
    const told = encodeMessage({ kind: Kind.model, modelHash: own.hash, model: encodeModel(newer) });
    b.take(told);
    b.take(told);
    await b.commit();
    expect(b.counters).toMatchObject({ messages: 3, released: 3, duplicates: 0 });
    expect(b.store.quarantine({})).toEqual([]);
    expect(b.context.releasing.size).toBe(0);
  });

  it('ask for it once in a while, and at every hello', async () => {
    b.take(parked());
    b.take(parked());
    b.state.nowMs += 11_000;
    b.take(parked());
    const hello = {
      kind: Kind.hello,
      seq: 0,
      boot: 1,
      uptimeMs: 1,
      modelHash: new Uint8Array(8).fill(9),
    } as const;
    b.take(encodeMessage(hello));
    await b.commit();
    expect(b.sent.map((message) => message.kind)).toEqual([Kind.modelReq, Kind.modelReq, Kind.modelReq]);
  });

  it('ask for it also after the wall clock was set back a day', async () => {
    b.take(parked());
    b.state.nowMs -= 86_400_000;
    b.take(parked());
    await b.commit();
    expect(b.sent.map((message) => message.kind)).toEqual([Kind.modelReq, Kind.modelReq]);
  });
});

describe('keeping state', () => {
  const options = { retentionMs: 1_000, maxBytes: 1e9, highWaterPercent: 80, sinks: () => [] };

  it('survives pruning: a message whose row is gone is still a duplicate', async () => {
    b.take(data(0));
    b.take(data(2));
    await b.commit();
    b.state.nowMs += 5_000;
    const turns: (() => void)[] = [];
    const scheduler = {
      ...b.scheduler,
      after: (_ms: number, task: () => void) => {
        turns.push(task);
        return () => {};
      },
    };
    const { store, devices, clock } = b;
    keeper(options, { store, devices, clock, scheduler, log: silentLog }).start();
    turns[0]!();
    expect(store.size().messages).toBe(0);
    const restored = deviceRegistry();
    restored.restore(store.load());
    expect(restored.gaps()).toEqual([{ tenant: 't', device: 'b', boot: '1', first: 1, last: 1 }]);
    expect(restored.rows()).toMatchObject([{ messages: 2, records: 2 }]);
  });

  it('does not leave a start too many rows to read: saves soon after the start, and early under full load', () => {
    const waits: number[] = [];
    const scheduler = {
      ...b.scheduler,
      after: (ms: number) => {
        waits.push(ms);
        return () => {};
      },
    };
    let position = 1_000_000;
    let saves = 0;
    const store = {
      ...b.store,
      lastPosition: () => position,
      checkpoint: () => {
        saves += 1;
        return { ok: false, failure: { code: 'SPOOL_FULL', message: 'full' } } as const;
      },
    };
    const { devices, clock } = b;
    const keep = keeper(options, { store, devices, clock, scheduler, log: silentLog });
    keep.start();
    expect(waits).toEqual([1_000]);
    position += MAX_UNSAVED_ROWS - 1;
    keep.committed();
    expect(saves).toBe(0);
    position += 1;
    keep.committed();
    expect(saves).toBe(1);
    // It failed. It is not tried with every commit.
    position += 1;
    keep.committed();
    expect(saves).toBe(1);
  });

  it('writes nothing when nothing happened', async () => {
    b.take(data(0));
    await b.commit();
    const { store, devices, clock, scheduler } = b;
    const saved: number[] = [];
    const spied = {
      ...store,
      checkpoint: (point: Parameters<typeof store.checkpoint>[0]) => {
        saved.push(point.boots.length + point.devices.length);
        return store.checkpoint(point);
      },
    };
    const keep = keeper(options, { store: spied, devices, clock, scheduler, log: silentLog });
    keep.stop();
    keep.stop();
    expect(saved).toEqual([2, 0]);
  });
});
