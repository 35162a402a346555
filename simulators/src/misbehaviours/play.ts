import { encodeModel } from '@usewire/protocol/model';
import { type CodeName, encodeMessage, Kind, topicFor } from '@usewire/protocol/wire';
import { data, misbehaviourModel, misbehaviourTable } from './cbor-bytes.ts';
import type { Answer, Culprit, Misbehaviour } from './misbehaviour.ts';
import { connect, publish, subscribe } from './mqtt-bytes.ts';
import { type Heard, type RawConnection, rawConnection } from './raw-connection.ts';

export interface PlayOptions {
  host: string;
  port: number;
  culprit: Culprit;
  /** How long an answer may take, the gateway's own timeouts included. Default 15,000. */
  patienceMs?: number;
  /** The device has sent right data before: a gateway may then take another way through its code. Default false. */
  warm?: boolean;
}

/** What came back over the wire. */
export interface Seen {
  connection: 'open' | 'closed';
  connack: number | null;
  subacks: number[];
  acked: number[];
  nacks: CodeName[];
  /** A right message of the same device afterwards is acknowledged: it is not locked out. */
  served: boolean;
}

/** Packet ids of what belongs to the play and not to the case. */
const OWN_SUBSCRIBE = 60_000;
const PROBE = 60_001;
const WARM = 60_002;
const PATIENCE_MS = 15_000;

/** Plays one case on a connection of its own, then asks whether the device is still served. */
export async function playMisbehaviour(one: Misbehaviour, options: PlayOptions): Promise<Seen> {
  const patienceMs = options.patienceMs ?? PATIENCE_MS;
  const line = rawConnection(options.host, options.port);
  try {
    if (one.begins === 'session') {
      await greet(line, options.culprit, patienceMs);
      if (options.warm) await rightMessage(line, options.culprit, { mask: 0x55, packetId: WARM, patienceMs });
    }
    await perform(line, one, { culprit: options.culprit, patienceMs });
    const served =
      one.answer.connection === 'open'
        ? await probe(line, options.culprit, patienceMs)
        : (await line.until(({ closed }) => closed, patienceMs)) && (await servedAgain(options, patienceMs));
    await line.until(({ nacks }) => nacks.length >= one.answer.nacks.length, patienceMs);
    return seenBy(line.heard, one, served);
  } finally {
    line.end();
  }
}

interface Performance {
  culprit: Culprit;
  patienceMs: number;
}

async function perform(line: RawConnection, one: Misbehaviour, { culprit, patienceMs }: Performance) {
  let sent = 0;
  for (const step of one.steps(culprit)) {
    if (step === 'reset') line.reset();
    else if (step === 'acknowledged')
      await line.until(({ closed, pubacks }) => closed || casePubacks(pubacks).length === sent, patienceMs);
    else if (step === 'accepted') await line.until(({ connack }) => connack !== null, patienceMs);
    else {
      sent += 1;
      line.send(step);
    }
  }
}

/** Connects as it should; the gateway gets to know the product. */
async function greet(line: RawConnection, self: Culprit, patienceMs: number): Promise<boolean> {
  const { tenant, device, token } = self;
  line.send(connect(`${tenant}.${device}`, token === undefined ? {} : { password: token }));
  line.send(subscribe(OWN_SUBSCRIBE, topicFor(tenant, device, 'dn')));
  const model = encodeModel(misbehaviourModel);
  const modelHash = misbehaviourTable.hash.subarray(0, 8);
  const telling = encodeMessage({ kind: Kind.model, modelHash, model });
  line.send(publish(topicFor(tenant, device, 'up'), telling, OWN_SUBSCRIBE));
  const ready = ({ subacks, pubacks, closed }: Heard): boolean =>
    closed || (subacks.length > 0 && pubacks.includes(OWN_SUBSCRIBE));
  return (await line.until(ready, patienceMs)) && !line.heard.closed;
}

interface RightMessage {
  /** Of the boot id: another boot, so that it cannot meet the numbers of the case. */
  mask: number;
  packetId: number;
  patienceMs: number;
}

/** Whether a right message is acknowledged. */
async function rightMessage(
  line: RawConnection,
  self: Culprit,
  { mask, packetId, patienceMs }: RightMessage,
) {
  const boot = self.boot.map((byte) => byte ^ mask);
  line.send(publish(topicFor(self.tenant, self.device, 'up'), data({ ...self, boot }), packetId));
  await line.until(({ closed, pubacks }) => closed || pubacks.includes(packetId), patienceMs);
  return line.heard.pubacks.includes(packetId);
}

function probe(line: RawConnection, self: Culprit, patienceMs: number): Promise<boolean> {
  return rightMessage(line, self, { mask: 0xff, packetId: PROBE, patienceMs });
}

async function servedAgain(options: PlayOptions, patienceMs: number): Promise<boolean> {
  const line = rawConnection(options.host, options.port);
  try {
    const greeted = await greet(line, options.culprit, patienceMs);
    return greeted && (await probe(line, options.culprit, patienceMs));
  } finally {
    line.end();
  }
}

function casePubacks(pubacks: readonly number[]): number[] {
  return pubacks.filter((id) => id < OWN_SUBSCRIBE);
}

function seenBy(heard: Heard, one: Misbehaviour, served: boolean): Seen {
  return {
    connection: heard.closed ? 'closed' : 'open',
    connack: one.begins === 'socket' ? heard.connack : null,
    subacks: heard.subacks.filter(({ id }) => id !== OWN_SUBSCRIBE).flatMap(({ codes }) => codes),
    acked: casePubacks(heard.pubacks),
    nacks: [...heard.nacks],
    served,
  };
}

/** What differs from the documented answer, in words; empty when all is as it should be. */
export function differences(answer: Answer, seen: Seen): string[] {
  const expected: Seen = {
    connection: answer.connection,
    connack: answer.connack ?? null,
    subacks: [...answer.subacks],
    acked: [...answer.acked],
    nacks: [...answer.nacks],
    served: true,
  };
  return Object.entries(expected).flatMap(([name, value]) => {
    const found = seen[name as keyof Seen];
    if (JSON.stringify(found) === JSON.stringify(value)) return [];
    return [`${name}: expected ${inShort(value)}, seen ${inShort(found)}`];
  });
}

function inShort(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 60)}... (${text.length} characters)` : text;
}
