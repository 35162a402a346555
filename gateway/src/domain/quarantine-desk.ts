import { countBy } from './counters.ts';
import type { Delivery } from './delivery.ts';
import type { IntakeContext } from './intake-context.ts';
import { type KnownModel, modelRegistry, OPERATOR } from './models.ts';
import type { QuarantineEntry, QuarantineFilter } from './ports.ts';
import { examiner, type Fate } from './quarantine-examine.ts';
import { enqueue } from './refuse.ts';

export interface DeskRequest {
  filter: QuarantineFilter;
  /** Who asks, for the audit. */
  by: string;
  /** Entries looked at in this call; `nextId` says where to go on. */
  limit: number;
}

export interface ReplayRequest extends DeskRequest {
  /** Only say what would happen. */
  dryRun: boolean;
  /** Canonical bytes of the model that takes the place of the one the messages name. */
  model?: Uint8Array;
}

/** Counts of what happened, or would happen. */
export interface ReplayReport {
  examined: number;
  stored: number;
  records: number;
  /** Stored already: they left the quarantine. */
  duplicates: number;
  /** Nobody has agreed to them, or not any more: they left the quarantine, and are nowhere. */
  discarded: number;
  /** Still refused, by reason; they stay. */
  refused: Record<string, number>;
  /** Give it as `filter.afterId` of the next call; null = nothing is left. */
  nextId: number | null;
}

export type DeskFailure = { ok: false; problem: string };

/** What an operator can do with what was refused. */
export interface QuarantineDesk {
  replay(request: ReplayRequest): Promise<{ ok: true; report: ReplayReport } | DeskFailure>;
  drop(request: DeskRequest): Promise<{ dropped: number; nextId: number | null }>;
}

/** One commit, and then the live messages have their turn. */
const PAGE = 1_000;

export function quarantineDesk(context: IntakeContext): QuarantineDesk {
  /** Pages of entries from old to new. Returns the id to go on after; null at the end. */
  async function walk(
    { filter, limit }: DeskRequest,
    handle: (page: QuarantineEntry[]) => Promise<void>,
  ): Promise<number | null> {
    let afterId = filter.afterId ?? 0;
    for (let left = limit; left > 0; ) {
      const size = Math.min(PAGE, left);
      const page = context.store.quarantine({ ...filter, afterId, limit: size });
      if (page.length > 0) await handle(page);
      if (page.length < size) return null;
      afterId = page[page.length - 1]!.id;
      left -= size;
    }
    return afterId;
  }

  /** Durable when it resolves, with everything that was put into a commit before. */
  function committed(what: string, { by }: DeskRequest, detail: object): Promise<void> {
    const group = context.queue.gathering();
    group.audit.push({ atMs: context.clock.nowMs(), by, what, detail: JSON.stringify(detail) });
    return new Promise((resolve) => {
      group.settled.push(resolve);
      context.queue.added(0);
    });
  }

  async function replay(request: ReplayRequest): ReturnType<QuarantineDesk['replay']> {
    const corrected = correctedModel(context, request);
    if (corrected !== undefined && 'problem' in corrected) return corrected;
    const examine = examiner(context, corrected);
    const report: ReplayReport = {
      examined: 0,
      stored: 0,
      records: 0,
      duplicates: 0,
      discarded: 0,
      refused: {},
      nextId: null,
    };
    const seen = new Set<string>();
    const handle = async (page: QuarantineEntry[]) => {
      const before = left(report);
      for (const entry of page) {
        // A run beside this one has it in hand.
        if (context.releasing.has(entry.id)) continue;
        const fate = examine(entry);
        const done = request.dryRun ? dry(fate, seen) : apply(context, entry, fate);
        tally(report, fate, done);
      }
      const went = left(report) - before;
      if (request.dryRun || went === 0) return turn(context);
      const detail = {
        entries: went,
        fromId: page[0]!.id,
        toId: page[page.length - 1]!.id,
        ...asked(request),
      };
      await committed('quarantine.replay', request, detail);
    };
    report.nextId = await walk(request, handle);
    return { ok: true, report };
  }

  async function drop(request: DeskRequest): ReturnType<QuarantineDesk['drop']> {
    let dropped = 0;
    const nextId = await walk(request, async (page) => {
      const entries = page.filter((entry) => !context.releasing.has(entry.id));
      if (entries.length === 0) return;
      for (const entry of entries) leave(context, entry);
      dropped += entries.length;
      const byReason: Record<string, number> = {};
      for (const { reason } of entries) countBy(byReason, reason);
      const detail = {
        entries: entries.length,
        byReason,
        fromId: page[0]!.id,
        toId: page[page.length - 1]!.id,
      };
      await committed('quarantine.drop', request, { ...detail, filter: request.filter });
    });
    return { dropped, nextId };
  }

  return { replay, drop };
}

const left = ({ stored, duplicates, discarded }: ReplayReport) => stored + duplicates + discarded;

function asked({ filter, model }: ReplayRequest) {
  return { filter, corrected: model !== undefined };
}

function correctedModel(
  context: IntakeContext,
  request: ReplayRequest,
): KnownModel | DeskFailure | undefined {
  if (request.model === undefined) return undefined;
  // What was only asked for leaves nothing behind.
  const models = request.dryRun ? modelRegistry({ maxModels: 0, maxModelsPerTenant: 0 }) : context.models;
  const added = models.give(request.model);
  if (!added.ok) return { ok: false, problem: `The model cannot be used: ${added.reason}.` };
  const { hash, bytes } = added.model;
  // Before the first message that is read with it.
  if (added.isNew && !request.dryRun)
    context.queue
      .gathering()
      .models.push({ tenant: OPERATOR, hash, bytes, receivedAtMs: context.clock.nowMs() });
  return added.model;
}

type Done = Fate['fate'];

/** Two entries may hold the same message. */
function dry(fate: Fate, seen: Set<string>): Done {
  if (fate.fate !== 'stored') return fate.fate;
  if (seen.has(fate.key)) return 'duplicate';
  seen.add(fate.key);
  return 'stored';
}

function apply(context: IntakeContext, entry: QuarantineEntry, fate: Fate): Done {
  if (fate.fate === 'refused') return 'refused';
  const device = context.devices.entry(entry, entry.receivedAtMs);
  const { payload, link, receivedAtMs, seal, id: parkedId } = entry;
  const nobody = { target: null, token: 0, linkAgeMs: null };
  const delivery: Delivery = { device, payload, link, ...nobody, receivedAtMs, seal, parkedId };
  if (fate.fate === 'duplicate') enqueueCopy(context, delivery);
  else if (!fate.take(delivery).ok) return 'refused';
  hold(context, entry);
  return fate.fate;
}

function enqueueCopy(context: IntakeContext, delivery: Delivery): void {
  context.counters.duplicates += 1;
  delivery.device.row.duplicates += 1;
  delivery.device.dirty = true;
  enqueue(context, delivery);
}

/** From here until its commit nobody else takes the entry. */
function hold(context: IntakeContext, entry: QuarantineEntry): void {
  const { releasing, queue } = context;
  releasing.add(entry.id);
  queue.gathering().settled.push(() => releasing.delete(entry.id));
  if (entry.modelHash === undefined) return;
  const device = context.devices.entry(entry, entry.receivedAtMs);
  device.parkedBytes = Math.max(0, device.parkedBytes - entry.payload.length);
}

function leave(context: IntakeContext, entry: QuarantineEntry): void {
  context.queue.gathering().released.push(entry.id);
  hold(context, entry);
}

function tally(report: ReplayReport, fate: Fate, done: Done): void {
  report.examined += 1;
  if (done === 'duplicate') report.duplicates += 1;
  else if (done === 'discarded') report.discarded += 1;
  else if (done === 'refused') countBy(report.refused, fate.fate === 'refused' ? fate.reason : 'tooManyGaps');
  else {
    report.stored += 1;
    report.records += fate.fate === 'stored' ? fate.records : 0;
  }
}

/** Live messages go first between two pages of a long look. */
function turn({ queue }: IntakeContext): Promise<void> {
  return new Promise((resolve) => {
    queue.gathering().settled.push(resolve);
    queue.added(0);
  });
}
