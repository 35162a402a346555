import { decodeMessage } from '@usewire/protocol/wire';
import { bootName } from '../../domain/device-entry.ts';
import { decodeRemains, ERASED_KIND } from '../../domain/erasure/remains.ts';
import { freePages } from './free-pages.ts';
import type { PageSource } from './pages.ts';
import { type PageRecord, readRecords, type Value } from './records.ts';

export interface SalvagedBoot {
  tenant: string;
  device: string;
  boot: string;
  /** Null when only an index told of the boot: which sequence numbers were stored is not known. */
  ranges: number[] | null;
  nextSeq: number;
  origin: string | null;
  clock: string | null;
  lastSeenMs: number;
}

/** Everything but messages. Rows as the tables of `schema.ts` have them, by key; of two copies the newer one. */
export interface SalvagedState {
  boots: Map<number, SalvagedBoot>;
  devices: Map<string, Value[]>;
  cursors: Map<string, number>;
  models: Map<string, Value[]>;
  /** Of a store that did not know yet whose they are. */
  modelsOfAll: Value[][];
  consents: Map<string, Value[]>;
  erasures: Map<number, Value[]>;
  /** Of a store that had no ledger yet. */
  choices: Map<string, Value[]>;
  discarded: Map<string, Value[]>;
  quarantine: Map<number, Value[]>;
  audit: Map<number, Value[]>;
  links: Map<number, Value[]>;
  receipts: Map<string, Value[]>;
  deliveries: Map<string, Value[]>;
  meta: Map<string, number>;
  /** Positions that an earlier rescue knows to be without a message: first, last, first, last, ... */
  holes: number[];
  /** Pages with messages on them, for `salvageMessages`. */
  messagePages: number[];
  /** False: free pages could not be told from others, so old rows may be among what was found. */
  freeKnown: boolean;
  /** Records that are not whole. */
  badRecords: number;
}

export function salvageState(pages: PageSource): SalvagedState {
  const free = freePages(pages);
  const tables = {
    devices: new Map(),
    cursors: new Map(),
    models: new Map(),
    consents: new Map(),
    choices: new Map(),
  };
  const rows = {
    boots: new Map(),
    quarantine: new Map(),
    audit: new Map(),
    links: new Map(),
    erasures: new Map(),
    receipts: new Map(),
    deliveries: new Map(),
    meta: new Map(),
    discarded: new Map(),
  };
  const rest = { ...rows, modelsOfAll: [], holes: [], messagePages: [], badRecords: 0 };
  const state: SalvagedState = { ...tables, ...rest, freeKnown: free !== null };
  for (let number = 1; number <= pages.count; number += 1) {
    if (free?.has(number)) continue;
    let hasMessages = false;
    state.badRecords += readRecords(pages, number, (record) => {
      // A page is of one table: the rest of it is read when the owners of messages are known.
      hasMessages = isMessage(record);
      if (!hasMessages) sort(state, record);
      return !hasMessages;
    });
    if (hasMessages) state.messagePages.push(number);
  }
  ownModelsOfAll(state);
  return state;
}

/** A row of `messages`: its columns in order, position first. */
export type MessageRow = Value[];

/** Hands over every message that is whole, in no order, some perhaps twice. Returns how many are not, or have no owner any more. */
export function salvageMessages(
  pages: PageSource,
  state: SalvagedState,
  take: (row: MessageRow) => void,
): { damaged: number; ownerless: number } {
  const counts = { damaged: 0, ownerless: 0 };
  for (const number of state.messagePages) {
    state.badRecords += readRecords(pages, number, (record) => {
      if (!isMessage(record)) return true;
      const [, bootId] = record.values as [null, number];
      const boot = state.boots.get(bootId);
      if (boot === undefined) counts.ownerless += 1;
      else if (!saysTheSame(record.values, boot)) counts.damaged += 1;
      else take([record.rowId, ...record.values.slice(1)]);
      return true;
    });
  }
  return counts;
}

/** The message itself names its kind, boot and number: a row that was damaged without SQLite noticing does not agree with it. */
function saysTheSame([, , seq, kind, , , , , , , , payload]: Value[], boot: SalvagedBoot): boolean {
  const remains = kind === ERASED_KIND ? decodeRemains(payload as Uint8Array) : null;
  if (remains !== null) return remains.seq === seq && remains.boot === boot.boot;
  const decoded = decodeMessage(payload as Uint8Array);
  if (!decoded.ok || decoded.value.kind !== kind || !('seq' in decoded.value)) return false;
  const { seq: told, boot: by } = decoded.value as { seq?: number; boot?: number | Uint8Array };
  return told === seq && by !== undefined && bootName(by) === boot.boot;
}

function shape(values: readonly Value[]): string {
  return values
    .map((value) =>
      value === null ? '0' : typeof value === 'object' ? 'b' : typeof value === 'number' ? 'n' : 't',
    )
    .join('');
}

const MESSAGE = /^0nnnnn[0n]n[0n]nnb$/;

function isMessage({ rowId, values }: PageRecord): boolean {
  return values.length === 12 && rowId !== null && rowId > 0 && MESSAGE.test(shape(values));
}

/**
 * Our tables by the types of their columns; `schema.ts` is held against this by a test. Rows that are older than a column end before it. What fits none is
 * left: other indexes, and `quarantine_dropped`, a counter that looks like one of them.
 */
const SHAPES: [RegExp, (state: SalvagedState, record: PageRecord) => void][] = [
  [/^0ttttn[0tn]{3}$/, addBoot],
  [/^tttn$/, addBootOfIndex],
  [/^ttnntnttttnnnnn[0n]{1,2}$/, addDevice],
  [/^tttnnntn$/, ({ choices }, { values }) => void choices.set(values.slice(0, 4).join(), values)],
  [/^tntnnbtb[0n]$/, addConsent],
  [/^ttnb$/, addModel],
  [/^tnb$/, ({ modelsOfAll }, { values }) => void modelsOfAll.push(values)],
  [/^0ttnttttb(n(t[0n]ntt)?)?$/, addQuarantined],
  [/^0nttt$/, ({ audit }, { rowId, values }) => void audit.set(rowId ?? 0, [rowId, ...values.slice(1)])],
  [/^tnnnnnnnntn?$/, addReceipt],
  [/^0ttnt$/, ({ links }, { rowId, values }) => void links.set(rowId ?? 0, [rowId, ...values.slice(1)])],
  [/^nn$/, ({ discarded }, { values }) => void discarded.set(values.join(), values)],
  [
    /^0tttt$/,
    ({ erasures }, { rowId, values }) => void erasures.set(rowId ?? 0, [rowId, ...values.slice(1)]),
  ],
  [/^tn$/, addCursor],
  [/^ttt$/, addDelivery],
  [/^tt$/, addMeta],
];

function sort(state: SalvagedState, record: PageRecord): void {
  const types = shape(record.values);
  for (const [pattern, add] of SHAPES) {
    if (!pattern.test(types)) continue;
    add(state, record);
    return;
  }
}

/** The last three columns stand in the order in which versions of the schema brought them: they are told by what is in them. */
function addBoot({ boots }: SalvagedState, { rowId, values }: PageRecord): void {
  if (rowId === null) return;
  const [, tenant, device, boot, ranges, nextSeq, ...late] = values;
  const texts = late.filter((value) => typeof value === 'string');
  const known = boots.get(rowId);
  const lastSeenMs = Number(late.find((value) => typeof value === 'number') ?? 0);
  const list = readRanges(String(ranges));
  if (list === null || (known?.ranges != null && known.lastSeenMs > lastSeenMs)) return;
  boots.set(rowId, {
    tenant: String(tenant),
    device: String(device),
    boot: String(boot),
    ranges: list,
    nextSeq: Number(nextSeq),
    origin: texts.find((text) => text.includes('"fresh"')) ?? null,
    clock: texts.find((text) => text.includes('"quality"')) ?? null,
    lastSeenMs,
  });
}

function readRanges(text: string): number[] | null {
  try {
    const list = JSON.parse(text) as unknown;
    return Array.isArray(list) && list.every(Number.isSafeInteger) ? (list as number[]) : null;
  } catch {
    return null;
  }
}

function addBootOfIndex({ boots }: SalvagedState, { rowId, values }: PageRecord): void {
  const [tenant, device, boot, id] = values as [string, string, string, number];
  if (rowId !== null || boots.has(id)) return;
  const unknown = { ranges: null, nextSeq: 0, origin: null, clock: null, lastSeenMs: 0 };
  boots.set(id, { tenant, device, boot, ...unknown });
}

function addDevice({ devices }: SalvagedState, { values }: PageRecord): void {
  const key = `${values[0]}.${values[1]}`;
  const known = devices.get(key);
  if (known !== undefined && Number(known[3]) > Number(values[3])) return;
  devices.set(key, [...values, null].slice(0, DEVICE_COLUMNS));
}

/** Of two copies the one that the device has confirmed. */
function addConsent({ consents }: SalvagedState, { values }: PageRecord): void {
  const key = `${values[0]}.${values[1]}`;
  if (consents.get(key)?.[8] == null) consents.set(key, values);
}

function addModel({ models }: SalvagedState, { values }: PageRecord): void {
  models.set(`${values[0]}.${values[1]}`, values);
}

/** Before version 7 of the schema a model was for every tenant: it goes to each that is known, and never to the operator, whom it would speak for. */
function ownModelsOfAll(state: SalvagedState): void {
  const tenants = new Set([...state.boots.values()].map(({ tenant }) => tenant));
  for (const values of state.modelsOfAll)
    for (const tenant of tenants) addModel(state, { rowId: null, values: [tenant, ...values] });
}

const RECEIPT_COLUMNS = 11;

/** On its page the key stands first: sink and last, then first. */
function addReceipt({ receipts }: SalvagedState, { values: [sink, last, first, ...rest] }: PageRecord): void {
  receipts.set(`${sink} ${last}`, [sink!, first!, last!, ...rest, 0].slice(0, RECEIPT_COLUMNS));
}

const DEVICE_COLUMNS = 17;
/** seal, boot, seq, at_byte, made_with, topic. */
const QUARANTINE_DEFAULTS = [0, '', null, 0, '', ''];

function addQuarantined({ quarantine }: SalvagedState, { rowId, values }: PageRecord): void {
  if (rowId !== null)
    quarantine.set(rowId, [rowId, ...values.slice(1), ...QUARANTINE_DEFAULTS.slice(values.length - 9)]);
}

/** The same columns as in two indexes, over hashes of models: a sink that is named like one is delivered everything again. */
function addCursor({ cursors }: SalvagedState, { rowId, values }: PageRecord): void {
  const [name, position] = values as [string, number];
  if (rowId !== null || /^([0-9a-f]{8}|[0-9a-f]{64})$/.test(name)) return;
  cursors.set(name, Math.max(cursors.get(name) ?? 0, position));
}

function addDelivery({ deliveries }: SalvagedState, { rowId, values }: PageRecord): void {
  const [sink, done, begun] = values as [string, string, string];
  if (rowId === null && readRanges(done) !== null && readRanges(begun) !== null) deliveries.set(sink, values);
}

function addMeta(state: SalvagedState, { rowId, values }: PageRecord): void {
  const { meta } = state;
  const [key, text] = values as [string, string];
  if (rowId === null && key === 'holes') state.holes = readRanges(text) ?? state.holes;
  if (rowId !== null || !/^\d+$/.test(text)) return;
  meta.set(key, Math.max(meta.get(key) ?? 0, Number(text)));
}
