import { anchorOfStored, betterAnchor } from '../domain/clock-anchor.ts';
import { emptyDevice } from '../domain/device-row.ts';
import type { Erasure } from '../domain/erasure/erasure.ts';
import type { ErasureWork } from '../domain/erasure/erasure-store.ts';
import { ERASED_KIND } from '../domain/erasure/remains.ts';
import type {
  AdmittedMessage,
  AuditEntry,
  BootSnapshot,
  CommitOutcome,
  ConsentAcked,
  ConsentsOf,
  DeviceChange,
  DeviceId,
  DeviceRow,
  DiscardedMessage,
  LedgerRow,
  LinkOpened,
  MessageKey,
  QuarantinedMessage,
  QuarantineEntry,
  QuarantineFilter,
  Receipt,
  SinkProgress,
  SinkTotals,
  SpoolChanges,
  SpoolCheckpoint,
  SpoolFailure,
  SpoolSize,
  SpoolState,
  SpoolStore,
  StoredMessage,
  StoredModel,
} from '../domain/ports.ts';
import { isDone, progressAt } from '../domain/progress.ts';
import { seqSet } from '../domain/seq-set.ts';
import { TOTALS, totalsOf } from '../domain/sink-totals.ts';

export interface MemorySpoolOptions {
  maxBytes?: number;
  maxQuarantineBytes?: number;
  maxQuarantineBytesPerDevice?: number;
}

/** The store's double for tests: same contract, nothing durable, and it can be told to fail. */
export interface MemorySpool extends SpoolStore {
  /** Every commit from now on answers with this failure; null = commits succeed again. */
  failWith(failure: SpoolFailure | null): void;
}

const keyOf = (id: DeviceId) => `${id.tenant}.${id.device}`;
const bytesOf = (entries: readonly { payload: Uint8Array }[]) =>
  entries.reduce((n, e) => n + e.payload.length, 0);

export function memorySpool(options: MemorySpoolOptions = {}): MemorySpool {
  const maxBytes = options.maxBytes ?? Number.MAX_SAFE_INTEGER;
  const state = {
    messages: [] as StoredMessage[],
    quarantine: [] as QuarantineEntry[],
    devices: new Map<string, DeviceRow>(),
    boots: new Map<string, BootSnapshot>(),
    models: new Map<string, StoredModel>(),
    consents: [] as LedgerRow[],
    /** Since the snapshot. */
    discarded: [] as DiscardedMessage[],
    progress: new Map<string, SinkProgress>(),
    erasures: new Map<string, Erasure>(),
    position: 0,
    snapshot: 0,
    quarantineId: 0,
    dropped: [] as DeviceId[],
    audit: [] as AuditEntry[],
    receipts: [] as Receipt[],
    totals: new Map<string, SinkTotals>(),
    links: [] as LinkOpened[],
    open: true,
  };
  let failure: SpoolFailure | null = null;

  function commit(
    messages: readonly AdmittedMessage[],
    quarantined: readonly QuarantinedMessage[],
    changes: SpoolChanges = {},
  ): CommitOutcome {
    if (!state.open) return { ok: false, failure: { code: 'SPOOL_CLOSED', message: 'the store is closed' } };
    if (failure !== null) return { ok: false, failure };
    const bytes = bytesOf(messages) + bytesOf(quarantined);
    if (bytes > 0 && bytesOf(state.messages) + bytesOf(state.quarantine) + bytes > maxBytes) {
      return {
        ok: false,
        failure: { code: 'SPOOL_FULL', message: `the store has reached ${maxBytes} bytes` },
      };
    }
    for (const message of messages) {
      state.position += 1;
      state.messages.push({ ...message, payload: message.payload.slice(), position: state.position });
    }
    for (const entry of quarantined) quarantine(entry);
    applyChanges(changes);
    return { ok: true };
  }

  function quarantine(entry: QuarantinedMessage): void {
    state.quarantineId += 1;
    state.quarantine.push({ ...entry, payload: entry.payload.slice(), id: state.quarantineId });
    const evictable = (device?: DeviceId) =>
      state.quarantine.filter((q) => !q.modelHash && (device === undefined || keyOf(q) === keyOf(device)));
    const trim = (max: number | undefined, device?: DeviceId) => {
      while (max !== undefined && bytesOf(evictable(device)) > max) {
        const oldest = evictable(device)[0]!;
        state.dropped.push(oldest);
        state.quarantine = state.quarantine.filter((q) => q !== oldest);
      }
    };
    trim(options.maxQuarantineBytesPerDevice, entry);
    trim(options.maxQuarantineBytes);
  }

  function applyChanges(changes: SpoolChanges): void {
    for (const device of changes.devices ?? []) changeDevice(device);
    state.consents.push(...(changes.consents ?? []));
    for (const ack of changes.consentAcks ?? []) confirm(ack);
    state.discarded.push(...(changes.discarded ?? []));
    state.audit.unshift(...(changes.audit ?? []));
    state.links.push(...(changes.links ?? []));
    for (const erasure of changes.erasures ?? []) keepErasure(erasure);
    for (const model of changes.models ?? []) {
      const key = `${model.tenant}.${model.hash}`;
      if (!state.models.has(key)) state.models.set(key, model);
    }
    const released = new Set(changes.releasedQuarantine ?? []);
    state.quarantine = state.quarantine.filter((entry) => !released.has(entry.id));
  }

  function keepErasure(erasure: Erasure): void {
    state.erasures.set(erasure.id, structuredClone(erasure));
  }

  function erase(
    erasure: Erasure,
    { replaced = [], quarantineIds = [], withNotes = false }: ErasureWork,
  ): void {
    const rows = new Map(replaced.map((row) => [row.position, row]));
    state.messages = state.messages.map((message) => {
      const row = rows.get(message.position);
      if (row === undefined) return message;
      return { ...message, kind: ERASED_KIND, recordCount: row.records, gapCount: 0, payload: row.payload };
    });
    state.quarantine = state.quarantine.filter(({ id }) => !quarantineIds.includes(id));
    if (withNotes && erasure.isWhole && erasure.subject === null)
      state.links = state.links.filter((link) => keyOf(link) !== keyOf(erasure));
    keepErasure(erasure);
  }

  function confirm({ ackedAtMs, ...ack }: ConsentAcked): void {
    const isMeant = (row: LedgerRow) =>
      keyOf(row) === keyOf(ack) && row.subject === ack.subject && row.epoch === ack.epoch;
    state.consents = state.consents.map((row) =>
      isMeant(row) && row.ackedAtMs === null ? { ...row, ackedAtMs } : row,
    );
  }

  function consents({ tenant, device, after = 0, limit = 10_000 }: ConsentsOf): LedgerRow[] {
    const isMeant = (row: LedgerRow) =>
      row.tenant === tenant && (device === undefined || row.device === device) && row.number > after;
    return state.consents.filter(isMeant).slice(0, limit);
  }

  function changeDevice(change: DeviceChange): void {
    const row =
      state.devices.get(keyOf(change)) ?? emptyDevice(change.tenant, change.device, change.lastSeenMs);
    const set = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const lastSeenMs = Math.max(row.lastSeenMs, change.lastSeenMs);
    state.devices.set(keyOf(change), { ...row, ...set, lastSeenMs });
  }

  function load(): SpoolState {
    const boots = new Map([...state.boots].map(([key, boot]) => [key, { boot, seqs: seqSet(boot.ranges) }]));
    const devices = new Map([...state.devices].map(([key, row]) => [key, { ...row }]));
    const unsaved: DeviceId[] = [];
    for (const message of state.messages) {
      if (message.position <= state.snapshot) continue;
      const key = `${keyOf(message)}.${message.boot}`;
      const known = boots.get(key) ?? { boot: newBoot(message), seqs: seqSet() };
      known.seqs.add(message.seq);
      const anchor = anchorOfStored(message);
      const clock = anchor === null ? known.boot.clock : betterAnchor(known.boot.clock, anchor);
      const lastSeenMs = Math.max(known.boot.lastSeenMs, message.receivedAtMs);
      known.boot = { ...known.boot, clock, lastSeenMs };
      boots.set(key, known);
      const row =
        devices.get(keyOf(message)) ?? emptyDevice(message.tenant, message.device, message.receivedAtMs);
      devices.set(keyOf(message), counted(row, message));
      unsaved.push({ tenant: message.tenant, device: message.device });
    }
    for (const message of state.discarded) {
      const key = `${keyOf(message)}.${message.boot}`;
      const known = boots.get(key) ?? { boot: newBoot({ ...message, receivedAtMs: 0 }), seqs: seqSet() };
      known.seqs.add(message.seq);
      boots.set(key, known);
      unsaved.push({ tenant: message.tenant, device: message.device });
    }
    return {
      boots: [...boots.values()].map(({ boot, seqs }) => ({ ...boot, ranges: seqs.ranges() })),
      devices: [...devices.values()],
      models: [...state.models.values()],
      consents: state.consents.toSorted(byChain),
      unsaved,
    };
  }

  function checkpoint(point: SpoolCheckpoint): ReturnType<SpoolStore['checkpoint']> {
    if (!state.open) return { ok: false, failure: { code: 'SPOOL_CLOSED', message: 'the store is closed' } };
    for (const boot of point.boots) state.boots.set(`${keyOf(boot)}.${boot.boot}`, boot);
    for (const row of point.devices) state.devices.set(keyOf(row), { ...row });
    state.snapshot = state.position;
    state.discarded = [];
    if (!point.prune) return { ok: true, pruned: 0 };
    const { receivedBeforeMs, sinks, expiredBeforeMs = null } = point.prune;
    const through = Math.min(state.position, ...sinks.map((sink) => cursorOf(sink)));
    const isExpired = (m: { receivedAtMs: number }) => m.receivedAtMs < (expiredBeforeMs ?? 0);
    state.quarantine = state.quarantine.filter((entry) => !isExpired(entry));
    const kept = state.messages.filter(
      (m) => !isExpired(m) && (m.position > through || m.receivedAtMs >= receivedBeforeMs),
    );
    const pruned = state.messages.length - kept.length;
    state.messages = kept;
    const from = kept[0]?.position ?? state.position + 1;
    state.receipts = state.receipts.filter((receipt) => receipt.lastPosition >= from);
    return { ok: true, pruned };
  }

  function readAfter(position: number, limit: { messages: number; bytes: number }): StoredMessage[] {
    const rows: StoredMessage[] = [];
    let bytes = 0;
    for (const message of state.messages) {
      if (message.position <= position) continue;
      bytes += message.payload.length;
      if (rows.length >= limit.messages || (rows.length > 0 && bytes > limit.bytes)) break;
      rows.push(message);
    }
    return rows;
  }

  function cursorOf(sink: string): number {
    return state.progress.get(sink)?.cursor ?? 0;
  }

  function list(filter: QuarantineFilter): QuarantineEntry[] {
    const { tenant, device, reason, id, sinceMs = 0, afterId = 0 } = filter;
    const beforeId = filter.beforeId ?? Number.POSITIVE_INFINITY;
    const matches = (entry: QuarantineEntry) =>
      entry.id < beforeId &&
      entry.id > afterId &&
      entry.receivedAtMs >= sinceMs &&
      (id === undefined || entry.id === id) &&
      (tenant === undefined || entry.tenant === tenant) &&
      (device === undefined || entry.device === device) &&
      (reason === undefined || entry.reason === reason);
    const limit = Math.min(Math.max(filter.limit ?? 100, 1), 1000);
    const found = state.quarantine.filter(matches);
    return (filter.afterId === undefined ? found.reverse() : found).slice(0, limit);
  }

  function size(): SpoolSize {
    const first = state.messages[0]?.position ?? 0;
    return {
      messages: state.messages.length,
      usedBytes: bytesOf(state.messages) + bytesOf(state.quarantine),
      maxBytes,
      quarantineMessages: state.quarantine.length,
      quarantineBytes: bytesOf(state.quarantine),
      quarantineDropped: state.dropped.length,
      firstPosition: first,
      lastPosition: state.position,
    };
  }

  return {
    commit: (messages, quarantined, changes) => Promise.resolve(commit(messages, quarantined, changes)),
    readAfter,
    cursor: cursorOf,
    progress: (sink) => state.progress.get(sink) ?? progressAt(0),
    advance: (sink, to, receipt) => {
      const before = state.progress.get(sink) ?? progressAt(0);
      const isTold = receipt !== undefined && isDone(before, receipt.lastPosition);
      state.progress.set(sink, typeof to === 'number' ? progressAt(to) : to);
      if (receipt === undefined || isTold) return;
      state.receipts.push(receipt);
      const added = totalsOf([receipt]);
      const sum = state.totals.get(sink) ?? totalsOf([]);
      for (const name of TOTALS) added[name] += sum[name];
      state.totals.set(sink, added);
    },
    cursors: () =>
      [...state.progress.keys()].map((sink) => ({ sink, position: cursorOf(sink) })).sort(bySink),
    receipt: (sink, at) =>
      state.receipts.find((r) => r.sink === sink && r.firstPosition <= at && r.lastPosition >= at) ?? null,
    sinkTotals: (sink) => state.totals.get(sink) ?? totalsOf([]),
    recordsAfter: (position, through = Number.MAX_SAFE_INTEGER) =>
      state.messages
        .filter((m) => m.position > position && m.position <= through)
        .reduce((sum, m) => sum + m.recordCount, 0),
    linkAt: (id, atMs) =>
      state.links.filter((link) => keyOf(link) === keyOf(id) && link.openedAtMs <= atMs).pop() ?? null,
    load,
    checkpoint,
    quarantine: list,
    parked: ({ tenant, modelHash }, limit) =>
      state.quarantine
        .filter((entry) => entry.modelHash === modelHash && (tenant === '' || entry.tenant === tenant))
        .slice(0, limit),
    quarantinedSeqs: (id) =>
      state.quarantine.flatMap(({ tenant, device, boot, seq }) =>
        boot === undefined || seq === undefined || (id !== undefined && keyOf(id) !== `${tenant}.${device}`)
          ? []
          : [{ tenant, device, boot, seq }],
      ),
    quarantineDropped: (id) => state.dropped.filter((one) => keyOf(one) === keyOf(id)).length,
    erasing: {
      all: () => [...state.erasures.values()].map((erasure) => structuredClone(erasure)),
      window: (id, after, through) => {
        const rows = state.messages.filter(({ position }) => position > after && position <= through);
        return { end: rows.at(-1)?.position ?? null, messages: rows.filter((m) => keyOf(m) === keyOf(id)) };
      },
      apply: (erasure, work) => {
        if (failure === null) erase(erasure, work);
        return failure;
      },
      overwrite: () => failure === null,
    },
    audit: () => state.audit.slice(0, 1_000),
    findMessage: (key) => state.messages.find((m) => isMessage(m, key)) ?? null,
    findBoot: (key) => state.boots.get(`${keyOf(key)}.${key.boot}`) ?? null,
    consents,
    consentTenants: () => [...new Set(state.consents.map((row) => row.tenant))].sort(),
    size,
    usedBytes: () => size().usedBytes,
    lastPosition: () => state.position,
    rowsAfter: (position) => Math.max(0, state.position - position),
    close: async () => {
      state.open = false;
    },
    failWith: (reason) => {
      failure = reason;
    },
  };
}

const bySink = (a: { sink: string }, b: { sink: string }) => (a.sink < b.sink ? -1 : 1);

function isMessage(message: StoredMessage, key: MessageKey): boolean {
  return keyOf(message) === keyOf(key) && message.boot === key.boot && message.seq === key.seq;
}

const byChain = (a: LedgerRow, b: LedgerRow) =>
  a.tenant === b.tenant ? a.number - b.number : a.tenant < b.tenant ? -1 : 1;

function newBoot(message: MessageKey & { receivedAtMs: number }): BootSnapshot {
  const { tenant, device, boot, receivedAtMs } = message;
  const estimate = { origin: null, clock: null };
  return { tenant, device, boot, ranges: [], nextSeq: 0, ...estimate, lastSeenMs: receivedAtMs };
}

function counted(row: DeviceRow, message: StoredMessage): DeviceRow {
  return {
    ...row,
    messages: row.messages + 1,
    records: row.records + message.recordCount,
    gapRecords: row.gapRecords + message.gapCount,
    lastSeenMs: Math.max(row.lastSeenMs, message.receivedAtMs),
  };
}
