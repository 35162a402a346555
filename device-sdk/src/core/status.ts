import type { DropCause } from './losses.ts';
import type { WallTime } from './ports.ts';

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
