import type { Devices } from '../devices.ts';
import type { Decoded } from '../forward-records.ts';
import type { Clock, Log, QuarantineEntry, Scheduler, SpoolStore, StoredMessage } from '../ports.ts';
import { askSinks, type EraseTarget } from './ask-sinks.ts';
import type { ErasureDesk } from './desk-types.ts';
import type { EraseReceipt, Erasure } from './erasure.ts';
import type { ErasureWork } from './erasure-store.ts';
import { goesFromQuarantine, judgeMessage } from './judge.ts';
import { encodeRemains } from './remains.ts';

/** Does what the desk was asked for. */
export interface Eraser {
  /** There may be something to do. */
  wake(): void;
  /** Where records have gone. Until it is called, requests wait with what is the sinks'. */
  attach(targets: () => readonly EraseTarget[]): void;
  /** Ends after the step at hand; the next life goes on with the next one. */
  stop(): Promise<void>;
}

export interface EraserPorts {
  store: SpoolStore;
  devices: Devices;
  desk: Pick<ErasureDesk, 'list' | 'completed' | 'seen'>;
  decode(messages: readonly StoredMessage[]): Decoded;
  clock: Clock;
  scheduler: Scheduler;
  random(): number;
  log: Log;
}

/** A store that cannot be written is tried again after this. */
const PAUSE_MS = 1_000;
const QUARANTINE_PAGE = 500;

export function createEraser(ports: EraserPorts): Eraser {
  const { store, devices, desk, log } = ports;
  const abort = new AbortController();
  const asked = new Set<string>();
  const underWay = new Set<Promise<void>>();
  let targets: (() => readonly EraseTarget[]) | null = null;
  let working: Promise<void> | null = null;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const cancel = ports.scheduler.after(ms, resolve);
      const end = () => {
        cancel();
        resolve();
      };
      abort.signal.addEventListener('abort', end, { once: true });
    });
  const turn = () => new Promise<void>((resolve) => ports.scheduler.soon(resolve));

  /** Durable when true; else nothing has changed, here or there. */
  function save(erasure: Erasure, change: Partial<Erasure>, work: ErasureWork = {}): boolean {
    const failure = store.erasing.apply({ ...erasure, ...change }, work);
    if (failure === null) Object.assign(erasure, change);
    else log.warn('erase.waits', { id: erasure.id, ...failure });
    return failure === null;
  }

  /** What the rows behind a snapshot add up to is counted from them at a start: so the snapshot goes past them before they change. */
  function begin(erasure: Erasure): boolean {
    const { saved, ...state } = devices.changed();
    if (!store.checkpoint(state).ok) return false;
    saved();
    return save(erasure, { through: store.lastPosition() });
  }

  function eraseMessages(erasure: Erasure): boolean {
    if (erasure.through === null) return begin(erasure);
    const { end, messages } = store.erasing.window(erasure, erasure.position, erasure.through);
    if (end === null) return save(erasure, { step: 'quarantine' });
    const replaced = [];
    const erased = { ...erasure.erased };
    for (const message of messages) {
      const judged = judgeMessage(message, erasure, ports.decode);
      if (judged === null) continue;
      const { remains } = judged;
      const records = remains.records.filter(([, , pointId]) => pointId !== 0).length;
      replaced.push({ position: message.position, records, payload: encodeRemains(remains) });
      erased.messages += 1;
      erased.records += judged.records;
    }
    const isDone = save(erasure, { position: end, erased }, { replaced });
    if (isDone && replaced.length > 0) for (const target of targets?.() ?? []) target.erased();
    return isDone;
  }

  function eraseQuarantine(erasure: Erasure): boolean {
    const { tenant, device } = erasure;
    for (let afterId = 0; ; ) {
      const page = store.quarantine({ tenant, device, afterId, limit: QUARANTINE_PAGE });
      const gone = page.filter((entry) => goesFromQuarantine(entry, erasure));
      const quarantined = erasure.erased.quarantined + gone.length;
      const erased = { ...erasure.erased, quarantined };
      if (gone.length > 0 && !save(erasure, { erased }, { quarantineIds: gone.map(({ id }) => id) }))
        return false;
      for (const entry of gone) forget(entry);
      if (page.length < QUARANTINE_PAGE) return save(erasure, { step: 'overwrite' }, { withNotes: true });
      afterId = page[page.length - 1]!.id;
    }
  }

  /** It has come, and nobody is to look for it. */
  function forget({ tenant, device: name, boot, seq, modelHash, payload }: QuarantineEntry): void {
    const device = devices.find({ tenant, device: name });
    if (device === undefined) return;
    if (modelHash !== undefined) device.parkedBytes = Math.max(0, device.parkedBytes - payload.length);
    const known = boot === undefined ? undefined : device.boots.get(boot);
    if (known === undefined || seq === undefined) return;
    known.taken.add(seq);
    desk.seen(known, { tenant, device: name, boot: known.name, seq });
  }

  function overwrite(erasure: Erasure): boolean {
    return (
      store.erasing.overwrite(erasure.fromMs) &&
      save(erasure, { step: 'sinks', receipts: [ofGateway(erasure)] })
    );
  }

  function ofGateway({ erased }: Erasure): EraseReceipt {
    const { messages, records, quarantined } = erased;
    const answer = `${messages} messages and ${quarantined} of the quarantine erased, files overwritten`;
    return {
      place: 'gateway',
      records,
      answer,
      isErased: true,
      attempts: 1,
      answeredAtMs: ports.clock.nowMs(),
    };
  }

  const STEPS = { messages: eraseMessages, quarantine: eraseQuarantine, overwrite } as const;

  async function work(): Promise<void> {
    // So that it is known as under way before it can be over.
    await turn();
    for (let next = nextHere(); next !== undefined && !abort.signal.aborted; next = nextHere()) {
      if (attempted(next)) await turn();
      else await pause(PAUSE_MS);
    }
    for (const erasure of desk.list()) {
      if (erasure.step === 'sinks') beginSinks(erasure);
      // Also what a kill has kept from being told.
      if (erasure.step === 'done' && erasure.told.receipt === 'waiting') desk.completed(erasure);
    }
    working = null;
  }

  /** A step is done by a name that only a gateway's own has. */
  function nextHere(): Erasure | undefined {
    return desk.list().find(({ step }) => step in STEPS);
  }

  /** A store that cannot be read now is tried again as one that cannot be written. */
  function attempted(erasure: Erasure): boolean {
    try {
      return STEPS[erasure.step as keyof typeof STEPS](erasure);
    } catch (error) {
      log.warn('erase.waits', { id: erasure.id, problem: String(error) });
      return false;
    }
  }

  function beginSinks(erasure: Erasure): void {
    if (targets === null || asked.has(erasure.id) || abort.signal.aborted) return;
    asked.add(erasure.id);
    const answers = askSinks(erasure, targets, { ...ports, signal: abort.signal, pause, save });
    const all = answers.then((isDone) => {
      if (isDone) complete(erasure);
      underWay.delete(all);
    });
    underWay.add(all);
  }

  function complete(erasure: Erasure): void {
    if (!save(erasure, { step: 'done', doneAtMs: ports.clock.nowMs() })) {
      void pause(PAUSE_MS).then(() => abort.signal.aborted || complete(erasure));
      return;
    }
    const { id, tenant, device, erased } = erasure;
    log.info('erase.done', { id, tenant, device, ...erased, places: erasure.receipts.length });
    wake();
  }

  const wake = () => {
    if (!abort.signal.aborted) working ??= work();
  };
  return {
    wake,
    attach(found) {
      targets = found;
      wake();
    },
    async stop() {
      abort.abort();
      await working;
      await Promise.all(underWay);
    },
  };
}
