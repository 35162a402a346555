import { PurposeCode } from '@usewire/protocol/model';
import {
  type Clock,
  codeClass,
  codeName,
  consumesSeq,
  ElectiveLabel,
  type electiveInt,
  Kind,
  kindName,
  Label,
  type LabelName,
  type Message,
  readElectiveInt,
  toHex,
} from '@usewire/protocol/wire';
import { span, uptime } from './words.ts';

const KIND_WORDS: Record<string, string> = {
  hello: 'the device is there: its model and its boot',
  data: 'records of one subject under one consent epoch',
  status: 'a heartbeat',
  bye: 'the end of a session',
  ack: 'stored; the device may forget',
  nack: 'refused',
  time: "the gateway's clock",
  consent: "all choices of a subject's consent",
  consentAck: 'the choices are in force on the device',
  choice: 'a person chose on the device',
  config: 'the wanted configuration',
  configAck: 'the configuration is in force',
  modelReq: 'please send the model',
  model: 'a product model',
  erase: 'please delete what you hold of a subject',
  eraseAck: 'deleted',
  exportReq: 'please send what you hold',
  export: 'one part of what the device holds',
  eraseReq: 'please erase everywhere what was recorded of a subject',
  eraseReceipt: 'erased in every place behind the device',
};

/** One line a label: number, name, value, what it means. */
export function explainMessage(bytes: Uint8Array, message: Message): string {
  const name = kindName(message.kind);
  const lines = [`${bytes.length} bytes, kind ${message.kind} ${name}: ${KIND_WORDS[name] ?? ''}`, ''];
  const fields = Object.entries(message).filter(([key]) => key !== 'elective' && key !== 'kind');
  const labelled = fields.map(([key, value]) => ({
    key,
    value,
    label: Label[key as LabelName] as number | undefined,
  }));
  labelled.sort((a, b) => (a.label ?? 0) - (b.label ?? 0));
  for (const { key, value, label } of labelled)
    lines.push(line(String(label ?? '?'), key, say(key, value, message)));
  for (const elective of message.elective ?? []) {
    lines.push(line(String(elective.label), electiveName(elective.label), electiveWords(elective)));
  }
  return `${lines.join('\n')}\n`;
}

function line(label: string, name: string, words: string): string {
  return `${label.padStart(4)}  ${name.padEnd(14)} ${words}`;
}

type Say = (value: never, message: Message) => string;

const SAY: Partial<Record<LabelName, Say>> = {
  seq: (value: number, message) =>
    ownsSeq(message) ? `${value}, its number in this boot` : `${value}, the next number to be used`,
  boot: (value: number | Uint8Array) =>
    typeof value === 'number' ? `${value} (boot counter)` : `${toHex(value)} (random boot id)`,
  uptimeMs: (value: number) => `${value} ms: ${uptime(value)} after the boot`,
  modelHash: (value: Uint8Array) =>
    `${toHex(value)}${value.length < 32 ? ' (first bytes of SHA-256 of the model)' : ''}`,
  epoch: (value: number) => `${value}, the consent epoch`,
  clock: (value: Clock) => clockWords(value),
  records: (value: Uint8Array) => `${value.length} bytes, ${value[0]! >> 5 === 2 ? 'packed' : 'plain'}`,
  subject: (value: number) =>
    value === 0 ? '0, nobody in particular' : `${value}, slot of the model's subjects`,
  ageMs: (value: number) => `${value} ms: encoded ${span(value)} after its base`,
  reason: (value: number, message) =>
    `${value}${message.kind === 3 && value === 9 ? ', lost (the will of the connection)' : ''}`,
  choices: (value: Record<string, number>) => choiceWords(value),
  nextSeq: (value: number) => `${value}: everything before it is stored`,
  ranges: (value: [number, number][]) => value.map(([from, to]) => `${from}..${to}`).join(', '),
  code: (value: number) => `${value} ${codeName(value)}, class ${codeClass(value)}`,
  retryAfterMs: (value: number) => `${value} ms: not before ${span(value)} have passed`,
  validUntilMs: (value: number) => new Date(value).toISOString(),
  model: (value: Uint8Array) => `${value.length} bytes of canonical CBOR`,
  range: (value: [number, number]) => value.map((at) => new Date(at).toISOString()).join(' to '),
  levels: (value: number[]) => value.map((level) => `S${level}`).join(', '),
};

function say(key: string, value: unknown, message: Message): string {
  const words = SAY[key as LabelName];
  if (words) return words(value as never, message);
  if (value instanceof Uint8Array) return toHex(value);
  return typeof value === 'object'
    ? JSON.stringify(value, (_key, inner) => (inner instanceof Uint8Array ? toHex(inner) : inner))
    : String(value);
}

/** SPEC.md, Envelope: in the other kinds label 1 is the next seq, which tells of losses at the tail. */
function ownsSeq({ kind }: Message): boolean {
  return consumesSeq(kind) || kind === Kind.nack;
}

function clockWords({ unixMs, quality, boundMs }: Clock): string {
  const words = ['unknown', 'free running', 'synced more than a day ago', 'synced', 'synced below 100 ms'];
  const bound = boundMs === undefined ? '' : `, within ${span(boundMs)}`;
  return `${safeIso(unixMs)}, ${words[quality] ?? quality}${bound}`;
}

function safeIso(ms: number): string {
  return ms <= 8.64e15 ? new Date(ms).toISOString() : `${ms} ms`;
}

function choiceWords(choices: Record<string, number>): string {
  const words = ['refused', 'granted', 'withdrawn'];
  const said = Object.entries(choices).map(
    ([purpose, choice]) => `${purposeName(purpose)} ${words[choice] ?? choice}`,
  );
  return said.length > 0 ? said.join(', ') : 'none';
}

/** Purposes have a number of their registry on the wire. */
function purposeName(code: string): string {
  const found = Object.entries(PurposeCode).find(([, number]) => number === Number(code));
  return found ? `purpose ${code} (${found[0]})` : `purpose ${code}`;
}

function electiveName(label: number): string {
  return Object.entries(ElectiveLabel).find(([, number]) => number === label)?.[0] ?? 'elective';
}

function electiveWords(elective: ReturnType<typeof electiveInt>): string {
  const number = readElectiveInt([elective], elective.label);
  const known = electiveName(elective.label) === 'elective' ? 'not known here, ignored: ' : '';
  return `${known}${number ?? toHex(elective.item)}`;
}
