import type { BootEntry, DeviceEntry } from './device-entry.ts';
import type { Erasure } from './erasure/erasure.ts';
import type {
  AckTarget,
  AdmittedMessage,
  AuditEntry,
  Clock,
  ConsentAcked,
  DeviceChange,
  DiscardedMessage,
  LedgerRow,
  LinkOpened,
  Log,
  QuarantinedMessage,
  Scheduler,
  Spool,
  SpoolFailure,
  StoredModel,
} from './ports.ts';

/** What is committed together. The arrays are parallel where their names say so. */
export interface CommitGroup {
  messages: AdmittedMessage[];
  /** Boot and device of messages[i]. */
  messageBoots: BootEntry[];
  messageDevices: DeviceEntry[];
  quarantined: QuarantinedMessage[];
  devices: DeviceChange[];
  consents: LedgerRow[];
  consentAcks: ConsentAcked[];
  discarded: DiscardedMessage[];
  models: StoredModel[];
  released: number[];
  audit: AuditEntry[];
  /** Go with what is committed next: no message waits for them, and none is lost that came over them. */
  links: LinkOpened[];
  erasures: Erasure[];
  /** In order of arrival; answered after the commit, in this order. */
  targets: AckTarget[];
  tokens: number[];
  /** Boots of which an ack message tells what is stored, after the commit. */
  told: Set<BootEntry>;
  /** After the commit and its acks. */
  settled: (() => void)[];
  bytes: number;
}

export interface CommitQueueOptions {
  maxCommitMessages: number;
  /** A group that has reached this takes no more. */
  maxCommitBytes: number;
  highWaterBytes: number;
}

export interface CommitQueuePorts {
  spool: Spool;
  scheduler: Scheduler;
  clock: Clock;
  log: Log;
  /** True above the high-water mark, false when it has drained to a half. */
  onPressure(paused: boolean): void;
  onCommitted(group: CommitGroup): void;
}

export interface CommitQueue {
  /** The group that is being gathered; whatever is put in must be followed by `added`. */
  gathering(): CommitGroup;
  added(bytes: number): void;
  uncommittedBytes(): number;
  /** Messages that are to be stored and are not yet. */
  uncommittedMessages(): number;
  failure(): SpoolFailure | null;
  paused(): boolean;
  failures(): number;
  commits(): number;
  lastCommitMs(): number;
  /** Resolves when everything that was added has been committed and answered, or can never be. */
  drained(): Promise<void>;
}

/** Counted for an entry beside its payload: its share of objects and of the row. */
const ENTRY_BYTES = 128;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;

function emptyGroup(): CommitGroup {
  const parallel = { messages: [], messageBoots: [], messageDevices: [], targets: [], tokens: [] };
  const rest = { quarantined: [], devices: [], models: [], released: [], audit: [], links: [], erasures: [] };
  const consent = { consents: [], consentAcks: [], discarded: [] };
  return { ...parallel, ...rest, ...consent, told: new Set(), settled: [], bytes: 0 };
}

/**
 * Group commit: at once when idle, gathering while a commit is under way; a fixed delay would only cost (measured).
 * Groups are committed strictly one after the other, so that an answer never overtakes an earlier message. A group that
 * the store refuses stays first in line and is tried again: nothing of it is acknowledged, devices keep their copies.
 */
export function commitQueue(options: CommitQueueOptions, ports: CommitQueuePorts): CommitQueue {
  const full: CommitGroup[] = [];
  let current = emptyGroup();
  let scheduled = false;
  let retryMs = 0;
  let failure: SpoolFailure | null = null;
  let bytes = 0;
  let paused = false;
  const counts = { commits: 0, failures: 0, lastMs: 0 };
  let idle: (() => void)[] = [];

  function added(size: number): void {
    const counted = size + ENTRY_BYTES;
    current.bytes += counted;
    bytes += counted;
    if (!paused && bytes > options.highWaterBytes) setPaused(true);
    if (
      current.bytes >= options.maxCommitBytes ||
      current.targets.length >= options.maxCommitMessages ||
      current.messages.length >= options.maxCommitMessages
    ) {
      full.push(current);
      current = emptyGroup();
    }
    schedule();
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    if (retryMs > 0) ports.scheduler.after(retryMs, run);
    else ports.scheduler.soon(run);
  }

  function setPaused(value: boolean): void {
    paused = value;
    ports.onPressure(value);
  }

  function next(): CommitGroup | null {
    if (full.length > 0) return full[0]!;
    if (current.bytes === 0) return null;
    full.push(current);
    current = emptyGroup();
    return full[0]!;
  }

  function run(): void {
    const group = next();
    if (group === null) {
      finish();
      return;
    }
    const started = ports.clock.monotonicMs();
    const { devices, models, released, audit, links, consents, consentAcks, discarded, erasures } = group;
    const facts = { devices, models, releasedQuarantine: released, audit, links };
    const changes = { ...facts, consents, consentAcks, discarded, erasures };
    if (isEmpty(group)) {
      settle(group);
      return;
    }
    void ports.spool.commit(group.messages, group.quarantined, changes).then((outcome) => {
      counts.lastMs = ports.clock.monotonicMs() - started;
      if (!outcome.ok) {
        refused(outcome.failure);
        return;
      }
      counts.commits += 1;
      recovered();
      settle(group);
    });
  }

  function settle(group: CommitGroup): void {
    full.shift();
    bytes -= group.bytes;
    // Devices wait for the answer, nobody waits for the rest.
    answer(group);
    ports.onCommitted(group);
    for (const task of group.settled) task();
    if (paused && bytes < options.highWaterBytes / 2) setPaused(false);
    scheduled = false;
    if (full.length > 0 || current.bytes > 0) schedule();
    else finish();
  }

  function recovered(): void {
    if (failure !== null) ports.log.info('spool.recovered');
    failure = null;
    retryMs = 0;
  }

  function refused(reason: SpoolFailure): void {
    counts.failures += 1;
    if (failure?.code !== reason.code) ports.log.error('spool.refused', { ...reason });
    failure = reason;
    retryMs = Math.min(Math.max(retryMs * 2, FIRST_RETRY_MS), MAX_RETRY_MS);
    scheduled = false;
    if (!paused && bytes > options.highWaterBytes) setPaused(true);
    if (idle.length > 0 || reason.code === 'SPOOL_CLOSED') finish();
    else schedule();
  }

  function finish(): void {
    scheduled = false;
    const waiting = idle;
    idle = [];
    for (const resolve of waiting) resolve();
  }

  function drained(): Promise<void> {
    if (!scheduled && full.length === 0 && current.bytes === 0) return Promise.resolve();
    return new Promise((resolve) => {
      idle.push(resolve);
      retryMs = 0;
      schedule();
    });
  }

  return {
    gathering: () => current,
    added,
    uncommittedBytes: () => bytes,
    uncommittedMessages: () =>
      full.reduce((sum, group) => sum + group.messages.length, current.messages.length),
    failure: () => failure,
    paused: () => paused,
    failures: () => counts.failures,
    commits: () => counts.commits,
    lastCommitMs: () => counts.lastMs,
    drained,
  };
}

/** Only answers: duplicates of what is stored need no commit. */
function isEmpty(group: CommitGroup): boolean {
  const { messages, quarantined, devices, models, released, audit, links } = group;
  const { consents, consentAcks, discarded, erasures } = group;
  const rows = messages.length + quarantined.length + devices.length + discarded.length;
  const consent = consents.length + consentAcks.length + erasures.length;
  return rows + consent + models.length + released.length + audit.length + links.length === 0;
}

/** Acks in order of arrival, then one write a connection. */
function answer(group: CommitGroup): void {
  const { targets, tokens } = group;
  for (let i = 0; i < targets.length; i += 1) targets[i]!.ack(tokens[i]!);
  for (let i = 0; i < targets.length; i += 1) targets[i]!.flush();
}
