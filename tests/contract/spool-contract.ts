import type { AdmittedMessage, QuarantinedMessage, SpoolStore } from '@usewire/gateway';
import { encodeMessage, Kind } from '@usewire/protocol/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export interface SpoolLimits {
  maxBytes: number;
  maxQuarantineBytes: number;
  maxQuarantineBytesPerDevice: number;
}

export interface SpoolHarness {
  open(limits: SpoolLimits): SpoolStore;
  /** Opens what `open` wrote, after the store was closed; absent where nothing outlives the process. */
  reopen?(limits: SpoolLimits): SpoolStore;
  dispose(): void;
}

const ROOMY: SpoolLimits = {
  maxBytes: 2 ** 30,
  maxQuarantineBytes: 2 ** 20,
  maxQuarantineBytesPerDevice: 2 ** 20,
};

export function message(seq: number, changes: Partial<AdmittedMessage> = {}): AdmittedMessage {
  return {
    tenant: 't',
    device: 'a',
    kind: 1,
    boot: '1',
    seq,
    receivedAtMs: 1_700_000_000_000 + seq,
    time: { originMs: 1_699_999_000_000, quality: 1, boundMs: 250, method: 'gateway-offset' },
    modelHash: '00c0ffee',
    recordCount: 20,
    gapCount: 1,
    // S2, key generation 3.
    seal: 14,
    payload: Uint8Array.of(seq & 255, 1, 2, 3),
    ...changes,
  };
}

export function refused(changes: Partial<QuarantinedMessage> = {}): QuarantinedMessage {
  const head = { tenant: 't', device: 'a', receivedAtMs: 1_700_000_000_000, link: 'mqtt' };
  return {
    ...head,
    reason: 'malformed',
    detail: 'it ends',
    seal: 14,
    payload: Uint8Array.of(9, 9),
    ...changes,
  };
}

const ALL = { messages: 10_000, bytes: 2 ** 30 };

/** What every store promises; run on each of them. */
export function spoolContract(name: string, makeHarness: () => SpoolHarness): void {
  describe(`${name} keeps the spool contract`, () => {
    let harness: SpoolHarness;
    let store: SpoolStore;
    const use = (limits: Partial<SpoolLimits> = {}) => {
      store = harness.open({ ...ROOMY, ...limits });
    };

    beforeEach(() => {
      harness = makeHarness();
    });
    afterEach(async () => {
      await store.close();
      harness.dispose();
    });

    it('gives back what was committed, byte for byte, in order, at growing positions', async () => {
      use();
      const first = message(1);
      const second = message(2, {
        boot: 'a1b2c3d4e5f60718',
        kind: 9,
        modelHash: '',
        time: { originMs: 5, quality: 4, boundMs: null, method: 'device' },
      });
      expect(await store.commit([first], [])).toEqual({ ok: true });
      expect(await store.commit([second], [])).toEqual({ ok: true });
      const rows = store.readAfter(0, ALL).map((row) => ({ ...row, payload: Uint8Array.from(row.payload) }));
      expect(rows).toEqual([
        { ...first, position: 1 },
        { ...second, position: 2 },
      ]);
      expect(store.lastPosition()).toBe(2);
    });

    it('keeps the order of a large commit', async () => {
      use();
      await store.commit(
        Array.from({ length: 203 }, (_, seq) => message(seq)),
        [],
      );
      expect(store.readAfter(0, ALL).map((row) => [row.position, row.seq])).toEqual(
        Array.from({ length: 203 }, (_, seq) => [seq + 1, seq]),
      );
    });

    it('reads up to both limits, and at least one row', async () => {
      use();
      await store.commit(
        [0, 1, 2, 3].map((seq) => message(seq, { payload: new Uint8Array(100) })),
        [],
      );
      expect(store.readAfter(1, { messages: 2, bytes: 10_000 }).map((row) => row.position)).toEqual([2, 3]);
      expect(store.readAfter(0, { messages: 10, bytes: 250 }).map((row) => row.position)).toEqual([1, 2]);
      expect(store.readAfter(0, { messages: 10, bytes: 1 }).map((row) => row.position)).toEqual([1]);
      expect(store.readAfter(4, ALL)).toEqual([]);
    });

    it('keeps a cursor for each sink', () => {
      use();
      expect(store.cursor('files')).toBe(0);
      store.advance('files', 7);
      store.advance('http', 3);
      store.advance('files', 9);
      expect([store.cursor('files'), store.cursor('http')]).toEqual([9, 3]);
    });

    it('keeps for a sink what is done and what was begun behind its cursor', () => {
      use();
      expect(store.progress('files')).toEqual({ cursor: 0, done: [], begun: [] });
      const ahead = { cursor: 7, done: [12, 15, 20, 20], begun: [8, 9] };
      store.advance('files', ahead);
      store.advance('http', 3);
      expect([store.progress('files'), store.progress('http')]).toEqual([
        ahead,
        { cursor: 3, done: [], begun: [] },
      ]);
      store.advance('files', 20);
      expect(store.progress('files')).toEqual({ cursor: 20, done: [], begun: [] });
      expect(store.cursors()).toEqual([
        { sink: 'files', position: 20 },
        { sink: 'http', position: 3 },
      ]);
    });

    it('adds up each answer once, also of batches ahead of the cursor', async () => {
      use();
      await store.commit(
        [1, 2, 3, 4].map((seq) => message(seq)),
        [],
      );
      const times = { attempts: 1, sentAtMs: 5, answeredAtMs: 9, accepted: true, answer: '', withheld: 0 };
      const receipt = {
        sink: 'cloud',
        firstPosition: 3,
        lastPosition: 4,
        messages: 2,
        records: 40,
        ...times,
      };
      store.advance('cloud', { cursor: 0, done: [3, 4], begun: [1, 2] }, receipt);
      store.advance('cloud', { cursor: 0, done: [3, 4], begun: [1, 2] }, receipt);
      expect(store.sinkTotals('cloud')).toMatchObject({ delivered: 2, records: 40 });
      expect([store.receipt('cloud', 3), store.receipt('cloud', 1)]).toEqual([receipt, null]);
      // Nothing is pruned that is not done with, nor what lies behind it.
      const prune = { receivedBeforeMs: Number.MAX_SAFE_INTEGER, sinks: ['cloud'] };
      expect(store.checkpoint({ boots: [], devices: [], prune })).toEqual({ ok: true, pruned: 0 });
    });

    it('keeps what a sink answered to a batch for as long as a message of it', async () => {
      use();
      await store.commit(
        [1, 2, 3, 4].map((seq) => message(seq)),
        [],
      );
      const times = { attempts: 2, sentAtMs: 5, answeredAtMs: 9 };
      const batch = (firstPosition: number, lastPosition: number, accepted = true) => ({
        ...{ sink: 'cloud', firstPosition, lastPosition, messages: 2, records: 40, withheld: 3, ...times },
        ...{ accepted, answer: 'HTTP 202' },
      });
      store.advance('cloud', 2, batch(1, 2));
      store.advance('cloud', 4, batch(3, 4, false));
      expect(store.receipt('cloud', 1)).toEqual(batch(1, 2));
      expect(store.receipt('cloud', 4)).toEqual(batch(3, 4, false));
      expect([store.receipt('cloud', 5), store.receipt('files', 1)]).toEqual([null, null]);
      expect(store.cursors().filter(({ sink }) => !sink.includes(':'))).toEqual([
        { sink: 'cloud', position: 4 },
      ]);
      // Also when the answer is told again, as after a disk that was full.
      store.advance('cloud', 4, batch(3, 4, false));
      const totals = { delivered: 2, records: 40, withheld: 3, rejected: 2, retried: 2 };
      expect(store.sinkTotals('cloud')).toEqual(totals);
      const none = { delivered: 0, records: 0, withheld: 0, rejected: 0, retried: 0 };
      expect(store.sinkTotals('files')).toEqual(none);
      const prune = { receivedBeforeMs: 1_700_000_000_004, sinks: ['cloud'] };
      expect(store.checkpoint({ boots: [], devices: [], prune })).toEqual({ ok: true, pruned: 3 });
      expect([store.receipt('cloud', 1), store.receipt('cloud', 3)]).toEqual([null, batch(3, 4, false)]);
      // They outlive the receipts.
      expect(store.sinkTotals('cloud')).toEqual(totals);
    });

    it('knows over which connection a device spoke', async () => {
      use();
      const id = { tenant: 't', device: 'a' };
      const opened = (openedAtMs: number) => ({ ...id, openedAtMs, via: `mqtt 10.0.0.7:${openedAtMs}` });
      await store.commit([message(1)], [], { links: [opened(10), opened(20)] });
      expect(store.linkAt(id, 9)).toBeNull();
      expect(store.linkAt(id, 19)).toEqual(opened(10));
      expect(store.linkAt(id, 20)).toEqual(opened(20));
      expect(store.linkAt({ tenant: 't', device: 'b' }, 20)).toBeNull();
    });

    it('prunes only what is old and what every sink has, and never reuses a position', async () => {
      use();
      await store.commit(
        [1, 2, 3, 4].map((seq) => message(seq)),
        [],
      );
      store.advance('a', 4);
      store.advance('b', 3);
      const prune = { receivedBeforeMs: 1_700_000_000_003, sinks: ['a', 'b'] };
      expect(store.checkpoint({ boots: [], devices: [], prune })).toEqual({ ok: true, pruned: 2 });
      expect(store.readAfter(0, ALL).map((row) => row.position)).toEqual([3, 4]);
      const later = { receivedBeforeMs: Number.MAX_SAFE_INTEGER, sinks: ['a', 'b'] };
      expect(store.checkpoint({ boots: [], devices: [], prune: later })).toEqual({ ok: true, pruned: 1 });
      expect(store.size()).toMatchObject({ messages: 1, firstPosition: 4, lastPosition: 4 });
      await store.commit([message(5)], []);
      expect(store.lastPosition()).toBe(5);
    });

    it('keeps everything while a sink has taken nothing', async () => {
      use();
      await store.commit([message(1)], []);
      const prune = { receivedBeforeMs: Number.MAX_SAFE_INTEGER, sinks: ['new'] };
      expect(store.checkpoint({ boots: [], devices: [], prune })).toEqual({ ok: true, pruned: 0 });
    });

    it('finds a message by device, boot and seq', async () => {
      use();
      await store.commit([message(1), message(2), message(2, { device: 'b' })], []);
      expect(store.findMessage({ tenant: 't', device: 'b', boot: '1', seq: 2 })?.position).toBe(3);
      expect(store.findMessage({ tenant: 't', device: 'b', boot: '1', seq: 1 })).toBeNull();
      expect(store.findMessage({ tenant: 'x', device: 'b', boot: '1', seq: 2 })).toBeNull();
    });

    it('lists quarantine from new to old, by filter and page', async () => {
      use();
      const entries = [refused(), refused({ device: 'b', reason: 'schema' }), refused({ detail: 'again' })];
      await store.commit([], entries);
      expect(store.quarantine({}).map((entry) => entry.detail)).toEqual(['again', 'it ends', 'it ends']);
      expect(store.quarantine({ device: 'b' }).map((entry) => entry.reason)).toEqual(['schema']);
      const [newest] = store.quarantine({ limit: 1 });
      expect(store.quarantine({ beforeId: newest!.id, reason: 'malformed' })).toHaveLength(1);
      expect(Uint8Array.from(newest!.payload)).toEqual(Uint8Array.of(9, 9));
    });

    it('finds quarantine by id and by time, and goes through it from old to new', async () => {
      use();
      const at = (receivedAtMs: number) =>
        refused({ receivedAtMs, boot: '7', seq: receivedAtMs, madeWith: '00c0ffee' });
      await store.commit([], [at(10), at(20), at(30)]);
      expect(store.quarantine({ sinceMs: 20 }).map((entry) => entry.seq)).toEqual([30, 20]);
      const [oldest] = store.quarantine({ afterId: 0, limit: 1 });
      expect(oldest).toMatchObject({ boot: '7', seq: 10, madeWith: '00c0ffee' });
      expect(store.quarantine({ afterId: oldest!.id }).map((entry) => entry.seq)).toEqual([20, 30]);
      expect(store.quarantine({ id: oldest!.id })).toEqual([oldest]);
    });

    it('keeps an audit with what it tells of, or neither', async () => {
      use();
      await store.commit([], [refused()]);
      const [entry] = store.quarantine({});
      const told = { atMs: 5, by: 'ann', what: 'quarantine.drop', detail: '{}' };
      await store.commit([], [], { releasedQuarantine: [entry!.id], audit: [told] });
      expect([store.quarantine({}), store.audit()]).toEqual([[], [told]]);
    });

    it('lets a noisy device push out its own quarantine only, and counts that (Q1)', async () => {
      use({ maxQuarantineBytesPerDevice: 250 });
      await store.commit([], [refused({ device: 'quiet' })]);
      for (let i = 0; i < 10; i += 1) {
        await store.commit(
          [],
          [refused({ device: 'noisy', detail: String(i), payload: new Uint8Array(100) })],
        );
      }
      expect(store.quarantine({ device: 'noisy' }).map((entry) => entry.detail)).toEqual(['9', '8']);
      expect(store.quarantine({ device: 'quiet' })).toHaveLength(1);
      expect(store.quarantineDropped({ tenant: 't', device: 'noisy' })).toBe(8);
      expect(store.quarantineDropped({ tenant: 't', device: 'quiet' })).toBe(0);
      expect(store.size().quarantineDropped).toBe(8);
    });

    it('bounds quarantine as a whole, oldest out first', async () => {
      use({ maxQuarantineBytes: 250 });
      for (const device of ['a', 'b', 'c'])
        await store.commit([], [refused({ device, payload: new Uint8Array(100) })]);
      expect(store.quarantine({}).map((entry) => entry.device)).toEqual(['c', 'b']);
    });

    it('never pushes out messages that wait for a model, and releases them with the commit that stores them', async () => {
      use({ maxQuarantineBytes: 10 });
      const parked = refused({ reason: 'unknownModel', modelHash: '00c0ffee', payload: new Uint8Array(100) });
      await store.commit([], [parked, parked, { ...parked, tenant: 'other' }]);
      await store.commit([], [refused()]);
      const of = (tenant: string) => store.parked({ tenant, modelHash: '00c0ffee' }, 10);
      expect([of(parked.tenant), of('other'), of('')].map((found) => found.length)).toEqual([2, 1, 3]);
      expect(store.parked({ tenant: '', modelHash: '00000000' }, 10)).toEqual([]);
      const waiting = of('');
      await store.commit([message(1)], [], { releasedQuarantine: waiting.map((entry) => entry.id) });
      expect(of('')).toEqual([]);
      expect(store.size()).toMatchObject({ messages: 1, quarantineMessages: 1 });
    });

    it('knows the numbers that stand in quarantine, of one device and of all', async () => {
      use();
      const named = { boot: '1', seq: 4 };
      await store.commit([], [refused(named), refused(), refused({ ...named, device: 'other', seq: 7 })]);
      const { tenant, device } = refused();
      expect(store.quarantinedSeqs({ tenant, device })).toEqual([{ tenant, device, ...named }]);
      expect(store.quarantinedSeqs().map(({ seq }) => seq)).toEqual([4, 7]);
    });

    it('keeps models', async () => {
      use();
      const model = { tenant: 't', hash: 'ab'.repeat(32), bytes: Uint8Array.of(1, 2), receivedAtMs: 5 };
      const operators = { ...model, tenant: '' };
      await store.commit([], [], { models: [model, operators] });
      await store.commit([], [], { models: [model] });
      const kept = store.load().models.map((one) => ({ ...one, bytes: Uint8Array.from(one.bytes) }));
      expect(kept).toEqual([model, operators]);
    });

    it('remembers that a number has come of which nothing is kept, over restarts and checkpoints', async () => {
      use();
      const discarded = { tenant: 't', device: 'a', boot: '1', seq: 1 };
      await store.commit([message(0), message(2)], [], { discarded: [discarded] });
      await store.commit([], [], { discarded: [{ ...discarded, boot: '2', seq: 7 }] });
      const found = () => store.load().boots.map(({ boot, ranges }) => [boot, ranges]);
      expect(found()).toEqual([
        ['1', [0, 2]],
        ['2', [7, 7]],
      ]);
      const { boots, devices } = store.load();
      store.checkpoint({ boots, devices });
      expect(found()).toEqual([
        ['1', [0, 2]],
        ['2', [7, 7]],
      ]);
    });

    it('lets go of what may not be held any more, also of what a sink has not taken and what is in quarantine', async () => {
      use();
      const at = (seq: number, receivedAtMs: number) => ({ ...message(seq), receivedAtMs });
      const entry = { tenant: 't', device: 'a', reason: 'malformed', detail: '', link: 'mqtt' };
      const refused = (receivedAtMs: number) => ({ ...entry, receivedAtMs, payload: Uint8Array.of(1) });
      await store.commit([at(0, 10), at(1, 20), at(2, 30)], [refused(10), refused(30)]);
      const rule = { receivedBeforeMs: 0, sinks: ['cloud'] };
      const prune = (expiredBeforeMs: number | null) =>
        store.checkpoint({ boots: [], devices: [], prune: { ...rule, expiredBeforeMs } });
      expect(prune(null)).toEqual({ ok: true, pruned: 0 });
      expect(prune(25)).toEqual({ ok: true, pruned: 2 });
      expect(store.readAfter(0, { messages: 10, bytes: 1e6 }).map(({ seq }) => seq)).toEqual([2]);
      expect(store.quarantine({}).map(({ receivedAtMs }) => receivedAtMs)).toEqual([30]);
    });

    it('keeps the consent ledger of each tenant in order, and when the device confirmed an entry, once', async () => {
      use();
      const row = (number: number, device: string, tenant = 't') => ({
        ...{ tenant, device, number, subject: 1, epoch: number, body: `entry ${number}`, ackedAtMs: null },
        ...{ salt: new Uint8Array(16).fill(number), hash: new Uint8Array(32).fill(number) },
      });
      await store.commit([], [], { consents: [row(1, 'a'), row(2, 'b'), row(1, 'a', 'u')] });
      await store.commit([], [], { consents: [row(3, 'a')] });
      const ack = { tenant: 't', device: 'a', subject: 1, epoch: 3 };
      await store.commit([], [], { consentAcks: [{ ...ack, ackedAtMs: 7 }] });
      await store.commit([], [], { consentAcks: [{ ...ack, ackedAtMs: 8 }] });
      const plain = (rows: ReturnType<typeof store.consents>) =>
        rows.map((one) => ({ ...one, salt: Uint8Array.from(one.salt), hash: Uint8Array.from(one.hash) }));
      const confirmed = { ...row(3, 'a'), ackedAtMs: 7 };
      expect(plain(store.consents({ tenant: 't' }))).toEqual([row(1, 'a'), row(2, 'b'), confirmed]);
      expect(plain(store.consents({ tenant: 't', device: 'a' }))).toEqual([row(1, 'a'), confirmed]);
      expect(plain(store.consents({ tenant: 't', after: 1, limit: 1 }))).toEqual([row(2, 'b')]);
      expect(store.consentTenants()).toEqual(['t', 'u']);
      expect(plain(store.load().consents)).toEqual([row(1, 'a'), row(2, 'b'), confirmed, row(1, 'a', 'u')]);
    });

    it('changes only what a device said, and adds what came after the snapshot', async () => {
      use();
      const id = { tenant: 't', device: 'a' };
      await store.commit([message(0)], [], {
        devices: [{ ...id, lastSeenMs: 10, boot: '1', hw: 'h1', state: 'online', announcedMs: 7 }],
      });
      await store.commit([], [], { devices: [{ ...id, lastSeenMs: 20, state: 'lost' }] });
      const [row] = store.load().devices;
      expect(row).toMatchObject({
        hw: 'h1',
        boot: '1',
        state: 'lost',
        announcedMs: 7,
        messages: 1,
        records: 20,
        gapRecords: 1,
      });
    });

    it('finds a boot as it was saved, and no other', async () => {
      use();
      await store.commit([message(0)], []);
      const key = { tenant: 't', device: 'a', boot: '1' };
      const origin = null;
      const boot = { ...key, ranges: [0, 0], nextSeq: 1, origin, clock: null, lastSeenMs: 9 };
      expect(store.checkpoint({ boots: [boot], devices: [] })).toMatchObject({ ok: true });
      expect(store.findBoot(key)).toMatchObject(boot);
      expect(store.findBoot({ ...key, boot: '2' })).toBe(null);
    });

    it('rebuilds what was stored of a boot from the snapshot and the rows behind it', async () => {
      use();
      await store.commit(
        [0, 1, 2].map((seq) => message(seq)),
        [],
      );
      const boot = {
        tenant: 't',
        device: 'a',
        boot: '1',
        ranges: [0, 2],
        nextSeq: 6,
        origin: { originMs: 77.5, atMs: 60, fresh: true, notBefore: { originMs: 70.25, atMs: 60 } },
        clock: { originMs: 70, quality: 3 as const, boundMs: 20, uptimeMs: 5 },
        lastSeenMs: 1_700_000_000_002,
      };
      const [row] = store.load().devices;
      const prune = { receivedBeforeMs: Number.MAX_SAFE_INTEGER, sinks: [] };
      expect(store.checkpoint({ boots: [boot], devices: [row!], prune })).toEqual({ ok: true, pruned: 3 });
      await store.commit([message(5), message(4)], []);
      const state = store.load();
      expect(state.boots).toEqual([{ ...boot, ranges: [0, 2, 4, 5], lastSeenMs: 1_700_000_000_005 }]);
      expect(state.devices[0]).toMatchObject({ messages: 5, records: 100, gapRecords: 5 });
    });

    it('has the clock of a boot again from the rows behind the snapshot', async () => {
      use();
      const mapped = (seq: number, uptimeMs: number, boundMs: number) => {
        const time = { originMs: 1_000, quality: 3, boundMs, method: 'device' } as const;
        const bye = { kind: Kind.bye, seq, boot: 1, uptimeMs, reason: 0 } as const;
        return message(seq, { time, payload: encodeMessage(bye) });
      };
      await store.commit([mapped(0, 50, 20), message(1), mapped(2, 90, 25), message(3)], []);
      expect(store.load().boots[0]?.clock).toEqual({
        originMs: 1_000,
        quality: 3,
        boundMs: 25,
        uptimeMs: 90,
      });
    });

    it('refuses at its limit with a typed failure and keeps nothing of the commit', async () => {
      use({ maxBytes: 256 * 1024 });
      const rows = (from: number) =>
        Array.from({ length: 40 }, (_, i) => message(from + i, { payload: new Uint8Array(1000) }));
      let outcome = await store.commit(rows(0), []);
      let committed = 0;
      for (let from = 40; outcome.ok && from < 1000; from += 40) {
        committed = store.lastPosition();
        outcome = await store.commit(rows(from), []);
      }
      expect(outcome).toMatchObject({ ok: false, failure: { code: 'SPOOL_FULL' } });
      expect(store.lastPosition()).toBe(committed);
      expect(store.size().messages).toBe(committed);
      const prune = { receivedBeforeMs: Number.MAX_SAFE_INTEGER, sinks: [] };
      store.checkpoint({ boots: [], devices: [], prune });
      expect(await store.commit(rows(5000), [])).toEqual({ ok: true });
    });

    it('answers a commit after close with a failure', async () => {
      use();
      await store.close();
      expect(await store.commit([message(1)], [])).toMatchObject({
        ok: false,
        failure: { code: 'SPOOL_CLOSED' },
      });
      await store.close();
    });

    it('has everything again after a restart', async () => {
      use();
      if (!harness.reopen) return;
      await store.commit([message(1), message(2)], [refused()]);
      store.advance('files', 1);
      await store.close();
      store = harness.reopen(ROOMY);
      expect(store.readAfter(store.cursor('files'), ALL).map((row) => row.seq)).toEqual([2]);
      expect(store.lastPosition()).toBe(2);
      expect(store.load().boots[0]?.ranges).toEqual([1, 2]);
      await store.commit([message(3)], []);
      expect(store.lastPosition()).toBe(3);
    });
  });
}
