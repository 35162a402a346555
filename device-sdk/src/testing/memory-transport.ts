import { compileModel, type DecodedRecord, materialise } from '@usewire/protocol/check';
import { decodeModel, type Model, modelTable } from '@usewire/protocol/model';
import {
  Code,
  type CodeNumber,
  decodeMessage,
  encodeMessage,
  fromHex,
  Kind,
  type Message,
  toHex,
} from '@usewire/protocol/wire';
import type { TransportEvents, TransportPort, UpLeaf } from '../core/index.ts';

/** A data message as the scripted gateway stored it: once, whatever was sent again. */
export interface StoredData {
  boot: string;
  seq: number;
  epoch: number;
  subject: number;
  uptimeMs: number;
  ageMs: number;
  clock: { unixMs: number; quality: number } | null;
  records: DecodedRecord[];
  gaps: { count: number; cause: string }[];
  bytes: Uint8Array;
}

export interface Sent {
  leaf: UpLeaf;
  message: Message;
  bytes: Uint8Array;
}

export interface MemoryTransport extends TransportPort {
  /** False: attempts to connect fail, and an open link is lost. */
  setOnline(isOnline: boolean): void;
  /** The link is lost; a next attempt may succeed. */
  disconnect(): void;
  /** Answers connecting devices with a refusal. */
  setRefusing(isRefusing: boolean): void;
  /** Says whether the acknowledgement of a stored message is lost on its way. */
  loseAcks(decide: (() => boolean) | null): void;
  /** Answers the next `times` data messages with a nack and stores none of them. */
  nackNext(code: CodeNumber, times: number, retryAfterMs?: number): void;
  /** Acknowledges by `ack` messages instead of by the link. */
  ackByMessage(isOn: boolean): void;
  /** While on, a hello waits for its answer: the request for a model that is not known, then the acknowledgement. */
  holdHello(isOn: boolean): void;
  /** Sends a message to the device. */
  push(message: Message): void;
  /** Everything that was sent, repetitions included. */
  readonly sent: Sent[];
  /** Data messages, each once, in the order of their arrival. */
  readonly stored: StoredData[];
  readonly choices: {
    boot: string;
    seq: number;
    epoch: number;
    subject: number;
    choices: Record<string, number>;
  }[];
  /** Messages that came again although they were stored. */
  duplicates(): number;
  /** Messages of the model that could not be understood. */
  readonly refused: string[];
  /** Records stored. */
  recordCount(): number;
  /** Sum of all gap counts, or of one cause. */
  gapCount(cause?: string): number;
  isOpen(): boolean;
}

/** What consumes a number of its boot, and is acknowledged. */
type StoredOnce = Extract<Message, { kind: 1 | 9 | 15 | 17 | 18 }>;

function isStoredOnce(message: Message): message is StoredOnce {
  const kinds: number[] = [Kind.data, Kind.choice, Kind.eraseAck, Kind.export, Kind.eraseReq];
  return kinds.includes(message.kind);
}

function bootText(boot: number | Uint8Array): string {
  return typeof boot === 'number' ? String(boot) : toHex(boot);
}

/** A link to a scripted gateway in memory: it decodes, checks, stores once, acknowledges or refuses, and loses on demand. */
export function memoryTransport(...models: Model[]): MemoryTransport {
  const known = (model: Model) => {
    const table = modelTable(model);
    return { table, checker: compileModel(table), hash: toHex(table.hash.subarray(0, 4)) };
  };
  const tables = models.map(known);
  const seen = new Set<string>();
  const sent: Sent[] = [];
  const stored: StoredData[] = [];
  const choices: MemoryTransport['choices'] = [];
  const refused: string[] = [];
  let events: TransportEvents | null = null;
  let isOnline = true;
  let isRefusing = false;
  let isOpen = false;
  let duplicates = 0;
  let lose: (() => boolean) | null = null;
  let nacks = { code: Code.malformed as CodeNumber, times: 0, retryAfterMs: undefined as number | undefined };
  let byMessage = false;
  let held: (() => void)[] | null = null;

  const drop = (kind: 'lost' | 'refused' | 'unreachable', detail: string): void => {
    const told = events;
    events = null;
    isOpen = false;
    told?.onClose({ kind, detail });
  };
  const store = (message: Message & { kind: 1 }, bytes: Uint8Array): void => {
    const own = tables.find((each) => each.hash === toHex(message.modelHash));
    const verdict = own?.checker.check(bytes);
    if (own === undefined || verdict === undefined || !verdict.ok) {
      refused.push(verdict && !verdict.ok ? `${verdict.code} ${verdict.detail}` : 'unknown model');
      return;
    }
    const all = materialise(own.table, verdict);
    stored.push({
      boot: bootText(message.boot),
      seq: message.seq,
      epoch: message.epoch,
      subject: message.subject ?? 0,
      uptimeMs: message.uptimeMs,
      ageMs: message.ageMs ?? 0,
      clock: message.clock ?? null,
      records: all.filter((record) => record.pointId !== 0),
      gaps: all
        .filter((record) => record.pointId === 0)
        .map((record) => ({ count: record.value as number, cause: String(record.attributes.cause) })),
      bytes,
    });
  };
  const acknowledge = (tag: number, message: StoredOnce): void => {
    if (lose?.()) return;
    if (!byMessage) events?.onAck(tag);
    else {
      const range: [number, number][] = [[message.seq, message.seq]];
      const head = { kind: Kind.ack, boot: message.boot } as const;
      const ack = message.seq === 0 ? { ...head, nextSeq: 1 } : { ...head, nextSeq: 0, ranges: range };
      events?.onMessage(encodeMessage(ack));
    }
  };
  const take = (tag: number, message: StoredOnce, bytes: Uint8Array): void => {
    const key = `${bootText(message.boot)}/${message.seq}`;
    // What was stored before is never refused: a gateway answers a repeated message as it did the first.
    if (nacks.times > 0 && !seen.has(key)) {
      nacks.times -= 1;
      const { seq, boot } = message;
      const answer = {
        kind: Kind.nack,
        seq,
        boot,
        code: nacks.code,
        retryAfterMs: nacks.retryAfterMs,
      } as const;
      events?.onMessage(encodeMessage(answer));
      return;
    }
    if (seen.has(key)) duplicates += 1;
    else if (message.kind === Kind.data) store(message, bytes);
    else if (message.kind === Kind.choice) {
      const { seq, epoch, subject } = message;
      choices.push({ boot: bootText(message.boot), seq, epoch, subject, choices: { ...message.choices } });
    }
    seen.add(key);
    acknowledge(tag, message);
  };
  const learn = (bytes: Uint8Array): void => {
    const decoded = decodeModel(bytes);
    if (decoded.ok) tables.push(known(decoded.value));
    else refused.push(decoded.error.detail);
  };
  const greet = (tag: number, boot: number | Uint8Array, hash: string): void => {
    if (!tables.some((each) => hash.startsWith(each.hash))) {
      events?.onMessage(encodeMessage({ kind: Kind.modelReq, modelHash: fromHex(hash)! }));
    }
    if (!byMessage) events?.onAck(tag);
    else events?.onMessage(encodeMessage({ kind: Kind.ack, boot, nextSeq: 0 }));
  };
  return {
    sent,
    stored,
    choices,
    refused,
    open: (_will, next) => {
      events = next;
      if (isRefusing) drop('refused', 'the gateway does not want this device');
      else if (!isOnline) drop('unreachable', 'offline');
      else {
        isOpen = true;
        next.onOpen();
      }
    },
    send: (tag, leaf, bytes) => {
      if (!isOpen) return false;
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) {
        refused.push(`${decoded.error.code} ${decoded.error.detail}`);
        return true;
      }
      const message = decoded.value;
      sent.push({ leaf, message, bytes });
      if (isStoredOnce(message)) take(tag, message, bytes);
      else if (message.kind === Kind.model) learn(message.model);
      else if (message.kind === Kind.hello) {
        const asked = events;
        const answer = (): void => {
          if (events === asked) greet(tag, message.boot, toHex(message.modelHash));
        };
        if (held === null) answer();
        else held.push(answer);
      }
      return true;
    },
    close: () => {
      events = null;
      isOpen = false;
    },
    setOnline: (next) => {
      isOnline = next;
      if (!next && isOpen) drop('lost', 'offline');
    },
    disconnect: () => {
      if (isOpen) drop('lost', 'disconnected by the test');
    },
    setRefusing: (next) => {
      isRefusing = next;
    },
    loseAcks: (decide) => {
      lose = decide;
    },
    nackNext: (code, times, retryAfterMs) => {
      nacks = { code, times, retryAfterMs };
    },
    ackByMessage: (isOn) => {
      byMessage = isOn;
    },
    holdHello: (isOn) => {
      const waiting = held ?? [];
      held = isOn ? waiting : null;
      if (!isOn) for (const answer of waiting) answer();
    },
    push: (message) => events?.onMessage(encodeMessage(message)),
    duplicates: () => duplicates,
    recordCount: () => stored.reduce((sum, message) => sum + message.records.length, 0),
    gapCount: (cause) =>
      stored
        .flatMap((message) => message.gaps)
        .filter((gap) => cause === undefined || gap.cause === cause)
        .reduce((sum, gap) => sum + gap.count, 0),
    isOpen: () => isOpen,
  };
}
