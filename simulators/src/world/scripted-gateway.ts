import { compileModel, type DataChecker, materialise } from '@usewire/protocol/check';
import { type Model, type ModelTable, modelTable } from '@usewire/protocol/model';
import { decodeMessage, Kind, type Message } from '@usewire/protocol/wire';
import type { Arrived } from '../verdict/truth.ts';

/** Who sends, and when it came in. */
export interface Sender {
  tenant: string;
  device: string;
  nowMs: number;
}

/**
 * A gateway in the same process, as simple as one can be: takes each message of a device once, checks it against its model,
 * and keeps the records. It has no spool, no sinks and no opinions; the real one is tested against the same devices over MQTT.
 */
export interface ScriptedGateway {
  /** Takes a message into custody; throws when it is not a valid one, since a device must never send such. */
  receive(sender: Sender, bytes: Uint8Array): Message;
  records(): readonly Arrived[];
  /** Messages that came a second time. */
  repeated(): number;
}

interface KnownModel {
  table: ModelTable;
  checker: DataChecker;
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bootOf = (boot: number | Uint8Array): string => (typeof boot === 'number' ? String(boot) : hexOf(boot));

export function createScriptedGateway(models: readonly Model[]): ScriptedGateway {
  const known = new Map<string, KnownModel>();
  for (const model of models) {
    const table = modelTable(model);
    known.set(hexOf(table.hash.subarray(0, 4)), { table, checker: compileModel(table) });
  }
  const records: Arrived[] = [];
  const seen = new Set<string>();
  const origins = new Map<string, number>();
  const clocks = new Map<string, ToldTime>();
  let repeated = 0;

  const store = (sender: Sender, message: DataMessage, bytes: Uint8Array): void => {
    const boot = bootOf(message.boot);
    const key = `${sender.tenant}.${sender.device} ${boot}`;
    if (seen.has(`${key} ${message.seq}`)) {
      repeated += 1;
      return;
    }
    seen.add(`${key} ${message.seq}`);
    const { table, checker } = modelOf(known, message);
    const checked = checker.check(bytes);
    if (!checked.ok) throw new Error(`${key} seq ${message.seq}: ${checked.detail}`);
    const subject = checked.subject > 0 ? (table.subjects[checked.subject - 1] ?? null) : null;
    const time = clocks.get(key) ?? timeOf(message, sender.nowMs, origins, key);
    const { tenant, device } = sender;
    for (const record of materialise(table, checked)) {
      const atMs = time.originMs + record.uptimeMs;
      const rest = { seq: message.seq, atMs, timeQuality: time.quality, timeBoundMs: time.boundMs };
      records.push({ tenant, device, subject, boot, ...rest, ...record } as Arrived);
    }
  };

  return {
    receive(sender, bytes) {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok)
        throw new Error(`${sender.device} sent bytes that are no message: ${decoded.error.detail}`);
      hearClock(clocks, sender, decoded.value);
      if (decoded.value.kind === Kind.data) store(sender, decoded.value, bytes);
      return decoded.value;
    },
    records: () => records,
    repeated: () => repeated,
  };
}

type DataMessage = Extract<Message, { kind: typeof Kind.data }>;

function modelOf(known: ReadonlyMap<string, KnownModel>, message: DataMessage): KnownModel {
  const model = known.get(hexOf(message.modelHash));
  if (model === undefined) throw new Error(`no product here has the model ${hexOf(message.modelHash)}`);
  return model;
}

interface ToldTime {
  originMs: number;
  quality: number;
  boundMs: number | null;
}

/** A good clock holds for its boot until another is told: messages do not repeat it (POU-TIME-2). */
function hearClock(clocks: Map<string, ToldTime>, sender: Sender, message: Message): void {
  if (!('clock' in message) || !('boot' in message) || !('uptimeMs' in message)) return;
  const { clock, boot, uptimeMs } = message;
  if (clock === undefined || boot === undefined) return;
  const key = `${sender.tenant}.${sender.device} ${bootOf(boot)}`;
  if (clock.quality < 2) clocks.delete(key);
  else {
    const originMs = clock.unixMs - uptimeMs;
    clocks.set(key, { originMs, quality: clock.quality, boundMs: clock.boundMs ?? null });
  }
}

/** Without a good clock: the earliest that the boot can have begun, as seen from here. */
function timeOf(message: DataMessage, nowMs: number, origins: Map<string, number>, key: string): ToldTime {
  const sentUptimeMs = message.uptimeMs + (message.ageMs ?? 0);
  const originMs = Math.min(origins.get(key) ?? Number.POSITIVE_INFINITY, nowMs - sentUptimeMs);
  origins.set(key, originMs);
  return { originMs, quality: 1, boundMs: null };
}
