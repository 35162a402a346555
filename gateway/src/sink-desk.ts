import type { Clock, SpoolStore } from './domain/ports.ts';
import { positionReceivedAfter } from './domain/position-at.ts';
import { doneRanges } from './domain/progress.ts';
import type { Forwarder, ForwarderStatus } from './forwarder-types.ts';

export interface SinkDeskPorts {
  store: SpoolStore;
  clock: Pick<Clock, 'nowMs'>;
  /** Running now, by name. */
  forwarder(name: string): Forwarder | undefined;
  names(): string[];
  /** Why the sink would take nothing now, in a sentence; null = nothing is known to be wrong. Absent: nobody knows how to look. */
  check?: ((name: string) => Promise<string | null>) | undefined;
}

export interface RewindRequest {
  /** Who asks, for the audit. */
  by: string;
  /** Everything behind this position, or received at this time or later; both absent = everything that is in the store. */
  toPosition?: number | undefined;
  sinceMs?: number | undefined;
  dryRun: boolean;
}

export interface RewindReport {
  /** Everything behind it is sent. */
  position: number;
  /** Of what is behind it, what the sink has had already: it gets these again, under the identities that they had. */
  messagesAgain: number;
  recordsAgain: number;
  /** Messages that the sink has still to get anyway. */
  messagesPending: number;
  /** Oldest position that is still in the store; what is older cannot be sent again. 0 = the store is empty. */
  oldestKept: number;
}

export type SinkAnswer<T> = { ok: true; answer: T } | { ok: false; problem: string };

/** What an operator can do with a sink of a running gateway. */
export interface SinkDesk {
  list(): ForwarderStatus[];
  test(name: string): Promise<SinkAnswer<{ problem: string | null }>>;
  pause(name: string, by: string): Promise<SinkAnswer<ForwarderStatus>>;
  resume(name: string, by: string): Promise<SinkAnswer<ForwarderStatus>>;
  rewind(name: string, request: RewindRequest): Promise<SinkAnswer<RewindReport>>;
}

export function sinkDesk({ store, clock, forwarder, names, check }: SinkDeskPorts): SinkDesk {
  function unknown(name: string): { ok: false; problem: string } {
    const known = names().join(', ') || 'there is none';
    return { ok: false, problem: `there is no sink "${name}"; the sinks are: ${known}` };
  }

  /** Durable before it is done: what an operator did is never without its entry. */
  async function audited(what: string, by: string, detail: object): Promise<string | null> {
    const entry = { atMs: clock.nowMs(), by, what, detail: JSON.stringify(detail) };
    const outcome = await store.commit([], [], { audit: [entry] });
    return outcome.ok
      ? null
      : `the audit cannot be written, so nothing was changed: ${outcome.failure.message}`;
  }

  async function change(
    name: string,
    by: string,
    what: 'pause' | 'resume',
  ): Promise<SinkAnswer<ForwarderStatus>> {
    const found = forwarder(name);
    if (found === undefined) return unknown(name);
    const problem = await audited(`sink.${what}`, by, { sink: name });
    if (problem !== null) return { ok: false, problem };
    found[what]();
    return { ok: true, answer: found.status() };
  }

  /** No further back than what is still there. */
  function target({ toPosition, sinceMs }: RewindRequest): number {
    const kept = Math.max(0, store.size().firstPosition - 1);
    const asked = sinceMs === undefined ? toPosition : positionReceivedAfter(store, sinceMs - 1) - 1;
    return Math.max(kept, Math.min(asked ?? 0, store.lastPosition()));
  }

  function report(name: string, found: Forwarder, position: number): RewindReport {
    const progress = store.progress(name);
    const had = [{ first: 1, last: progress.cursor }, ...doneRanges(progress)]
      .map(({ first, last }) => ({ before: Math.max(first - 1, position), last }))
      .filter(({ before, last }) => before < last);
    const sum = (count: (range: { before: number; last: number }) => number) =>
      had.reduce((total, range) => total + count(range), 0);
    return {
      position,
      messagesAgain: sum(({ before, last }) => store.rowsAfter(before) - store.rowsAfter(last)),
      recordsAgain: sum(({ before, last }) => store.recordsAfter(before, last)),
      messagesPending: found.status().pending,
      oldestKept: store.size().firstPosition,
    };
  }

  return {
    list: () => names().flatMap((name) => forwarder(name)?.status() ?? []),
    async test(name) {
      if (forwarder(name) === undefined) return unknown(name);
      if (check === undefined) return { ok: false, problem: 'this gateway cannot look at its sinks' };
      return { ok: true, answer: { problem: await check(name) } };
    },
    pause: (name, by) => change(name, by, 'pause'),
    resume: (name, by) => change(name, by, 'resume'),
    async rewind(name, request) {
      const found = forwarder(name);
      if (found === undefined) return unknown(name);
      const position = target(request);
      const answer = report(name, found, position);
      if (request.dryRun) return { ok: true, answer };
      const problem = await audited('sink.rewind', request.by, { sink: name, ...answer });
      if (problem !== null) return { ok: false, problem };
      await found.rewind(position);
      return { ok: true, answer };
    },
  };
}
