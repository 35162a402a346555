import type { ModelTable } from '@usewire/protocol/model';
import {
  type EraseMessage,
  type EraseReceiptMessage,
  encodeMessage,
  fromHex,
  Kind,
  toHex,
} from '@usewire/protocol/wire';
import { confirm } from '../dedupe.ts';
import type { IntakeContext } from '../intake-context.ts';
import type { DeviceId } from '../ports.ts';
import type { ErasureDesk } from './desk-types.ts';
import { countErased, type EraseRequest, type Erasure, newErasure } from './erasure.ts';
import { slotIn, slotNames } from './subjects.ts';

export interface ErasureDeskPorts {
  /** 32 hex digits that nobody guesses. */
  newId(): string;
  wake(): void;
}

type DeskContext = Pick<IntakeContext, 'queue' | 'devices' | 'models' | 'clock' | 'store' | 'downlink'>;

export function erasureDesk(context: DeskContext, ports: ErasureDeskPorts): ErasureDesk {
  const erasures = new Map<string, Erasure>();
  for (const erasure of context.store.erasing.all()) take(erasure);

  /** Late data is held against it from now on. */
  function take(erasure: Erasure): void {
    erasures.set(erasure.id, erasure);
    context.devices.entry(erasure, erasure.askedAtMs).erasures.push(erasure);
  }

  /** Who is erased has agreed to nothing any more. What is chosen from now on counts again. */
  function endConsent({ isWhole, subject, ...id }: Erasure): void {
    const { subjects } = context.devices.entry(id, id.askedAtMs).consent;
    if (!isWhole) return;
    if (subject === null) subjects.clear();
    else subjects.delete(subject);
  }

  function save(erasure: Erasure): void {
    context.queue.gathering().erasures.push(erasure);
  }

  function add(request: EraseRequest, id: string, byDevice: boolean): Erasure {
    const names = request.subject === null ? [] : slotNames(modelsOf(context, request), request.subject);
    const erasure = newErasure(request, { id, names, nowMs: context.clock.nowMs(), byDevice });
    take(erasure);
    endConsent(erasure);
    save(erasure);
    const { tenant, device, subject, fromMs, toMs, isWhole, askedAtMs: atMs, by } = erasure;
    const range = isWhole ? {} : { fromMs, toMs };
    const detail = JSON.stringify({ id, tenant, device, subject, ...range });
    const { audit, settled } = context.queue.gathering();
    audit.push({ atMs, by, what: 'erase.asked', detail });
    settled.push(() => {
      tell(context.downlink, erasure);
      ports.wake();
    });
    return erasure;
  }

  return {
    ask(request) {
      const erasure = add(request, ports.newId(), false);
      return new Promise((resolve) => {
        context.queue.gathering().settled.push(() => resolve(erasure));
        context.queue.added(0);
      });
    },
    askedBy(device, { requestId, subject = null, range }) {
      const id = toHex(requestId);
      // Asked again before it had its receipt.
      if (erasures.has(id)) return;
      const { tenant, device: name } = device;
      const [fromMs, toMs] = range ?? [];
      add({ tenant, device: name, subject, fromMs, toMs, by: `device ${tenant}.${name}` }, id, true);
    },
    acked(by, { requestId, count }) {
      const erasure = by.erasures.find(({ id }) => id === toHex(requestId));
      if (erasure === undefined) return;
      const { told } = erasure;
      if (told.erase === 'owed') told.erase = 'acked';
      else if (told.receipt === 'owed') told.receipt = 'acked';
      told.records = Math.max(told.records ?? 0, count);
      save(erasure);
    },
    greet(device) {
      for (const erasure of device.erasures) tell(context.downlink, erasure);
    },
    list: () => [...erasures.values()],
    find: (id) => erasures.get(id),
    names: (id, slot) => slotNames(modelsOf(context, id), slot),
    slot: (id, named) => slotIn(modelsOf(context, id), named),
    seen(boot, key) {
      const { discarded, settled } = context.queue.gathering();
      discarded.push({ ...key, bootRef: boot.ref });
      settled.push(() => confirm(boot, key.seq));
      context.queue.added(0);
    },
    completed(erasure) {
      erasure.told.receipt = 'owed';
      save(erasure);
      const { id, tenant, device, askedAtMs, doneAtMs } = erasure;
      const detail = JSON.stringify({ id, tenant, device, records: countErased(erasure), askedAtMs });
      const { audit, settled } = context.queue.gathering();
      audit.push({ atMs: doneAtMs ?? askedAtMs, by: 'gateway', what: 'erase.done', detail });
      settled.push(() => tell(context.downlink, erasure));
      context.queue.added(0);
    },
  };
}

/** Models of the device's product: by what it said in hello, else in its last data. */
function modelsOf({ models, devices }: DeskContext, id: DeviceId): ModelTable[] {
  const device = devices.find(id);
  const hash = device?.row.modelHash.slice(0, 8) || device?.modelHash || '';
  const own = models.find(id.tenant, hash)?.table.product;
  const known = models.all().filter(({ tenant }) => tenant === '' || tenant === id.tenant);
  return known.flatMap(({ model: { table } }) => (table.product === own ? [table] : []));
}

/** Told again at each hello until the device answers: a device may be away for years. */
function tell(downlink: IntakeContext['downlink'], erasure: Erasure): void {
  if (erasure.told.erase === 'owed') downlink.send(erasure, encodeMessage(eraseMessage(erasure)));
  if (erasure.told.receipt === 'owed') downlink.send(erasure, encodeMessage(receiptMessage(erasure)));
}

function eraseMessage({ id, subject, isWhole, fromMs, toMs }: Erasure): EraseMessage {
  return {
    kind: Kind.erase,
    ...(subject === null ? {} : { subject }),
    requestId: fromHex(id)!,
    ...(isWhole ? {} : { range: [fromMs, toMs] as [number, number] }),
  };
}

/** Places that a receipt has room for (POU-KIND-18: a map of 64 pairs), and bytes of a line. */
const MAX_PLACES = 63;
const MAX_LINE = 128;

function receiptMessage(erasure: Erasure): EraseReceiptMessage {
  const lines = erasure.receipts.slice(0, MAX_PLACES).map(({ place, records, isErased }, i) => {
    const said = isErased
      ? records === null
        ? 'told'
        : `${records} records erased`
      : 'to be erased by hand';
    return [i + 1, `${place}: ${said}`.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_LINE)] as const;
  });
  const state = { 0: erasure.doneAtMs ?? 0, ...Object.fromEntries(lines) };
  return { kind: Kind.eraseReceipt, state, requestId: fromHex(erasure.id)!, count: countErased(erasure) };
}
