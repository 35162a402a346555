import type { Boot } from './boot.ts';
import type { Link } from './link.ts';
import { causeNames } from './marks.ts';
import type { Settings } from './options.ts';
import type { WallTime } from './ports.ts';
import type { Sender } from './sender.ts';
import type { Store } from './store.ts';
import type { DeviceTime } from './uptime.ts';

export type DropCause = (typeof causeNames)[number];

/** How a device is, in one call. Records, bytes and ms; counts are of this start unless said. */
export interface DeviceStatus {
  boot: string;
  uptimeMs: number;
  clock: WallTime | null;
  link: 'waiting' | 'connecting' | 'open' | 'refused' | 'stopped';
  /** Why the link was lost or a message refused, last; '' when nothing was. */
  lastProblem: string;
  /** Records that were offered and not refused by consent. Each is stored by the gateway in the end, or told as lost. */
  accepted: number;
  /** Records of earlier starts that were found on the disk without being part of a message. */
  recovered: number;
  /** Records that the gateway has stored, as far as it said. */
  acked: number;
  /** Of this start: records that people's choices took back. Known here only, and told to nobody. */
  withdrawn: number;
  /** Records that wait, those of earlier starts included. */
  queued: number;
  /** Of the accepted ones: records that a loss of power now would take without a count. */
  atRisk: number;
  /** Lost records by cause; each is told to the gateway as a gap. */
  drops: { [C in DropCause]: number };
  messages: { waiting: number; acked: number; sent: number; resent: number };
  bytesSent: number;
  outbox: { bytes: number; maxBytes: number; fill: number };
  storageFailures: number;
}

export interface StatusContext {
  store: Store;
  sender: Sender;
  link: Link;
  settings: Settings;
  boot: Boot;
  time: DeviceTime;
  accepted: number;
  withdrawn: number;
}

function dropsOf(losses: number[]): DeviceStatus['drops'] {
  const drops = {} as { [cause: string]: number };
  for (let i = 0; i < causeNames.length; i++) drops[causeNames[i]] = losses[i];
  return drops as DeviceStatus['drops'];
}

function openRecords(store: Store): number {
  const batches = store.journal.filled();
  let count = 0;
  for (let i = 0; i < batches.length; i++) count += batches[i].count;
  return count;
}

export function statusOf(context: StatusContext): DeviceStatus {
  const store = context.store;
  const session = context.link.session();
  const sent = context.sender.counts();
  const acked = context.link.acked();
  const maxBytes = context.settings.maxOutboxBytes;
  return {
    boot: context.boot.key,
    uptimeMs: context.time.uptimeMs(),
    clock: context.time.wall(),
    link: session.refused && session.phase === 'waiting' ? 'refused' : session.phase,
    lastProblem: context.link.lastProblem(),
    accepted: context.accepted,
    recovered: store.recovered,
    acked: acked.records,
    withdrawn: context.withdrawn,
    queued: store.outbox.liveRecords() + openRecords(store),
    atRisk: store.syncer.atRisk(),
    drops: dropsOf(store.ledger.losses()),
    messages: {
      waiting: store.outbox.liveMessages(),
      acked: acked.messages,
      sent: sent.messages,
      resent: sent.resent,
    },
    bytesSent: sent.bytes,
    outbox: { bytes: store.disk.used(), maxBytes: maxBytes, fill: store.disk.used() / maxBytes },
    storageFailures: store.disk.failures() + store.syncer.failures(),
  };
}
