import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Random, stream } from '../../random/stream.ts';
import { answersTo, bodyOf } from './answers.ts';
import type { SinkFault } from './sink-fault.ts';
import { type CloudEvent, createTakenBatches, type TakenBatch } from './taken-batches.ts';

export interface FaultyReceiverOptions {
  /** Default 1. */
  seed?: number | string;
  /** Port on 127.0.0.1. Default: a free one. */
  port?: number;
  /** Share of all requests that go wrong by themselves in each way, 0..1, together 1 at most. Default none. */
  own?: readonly { fault: SinkFault; share: number }[];
  /** Share of records that it never takes while it rejects a part, 0..1. Default 0.0025. */
  indigestible?: number;
  /** Ms for which it is silent, or drips: longer than the sink waits. Default 2,000. */
  silenceMs?: number;
  /** A batch that was taken for the first time. */
  onTaken?(batch: TakenBatch): void;
  /** A key came back with other records: the sender broke its promise. */
  onChanged?(key: string): void;
}

export interface FaultyReceiver {
  readonly url: string;
  /** Requests; batches taken, repeated, changed; requests that met a fault, by its name. */
  readonly counts: Readonly<Record<string, number>>;
  /** From now on, for `forMs`, every request meets this fault. */
  strike(fault: SinkFault, how: { forMs: number }): void;
  /** Nothing goes wrong from now on. */
  mend(): void;
  close(): void;
}

/** The far end of the gateway's HTTP sink: takes a batch once by its `Idempotency-Key`, and answers badly by seed. */
export async function startFaultyReceiver(options: FaultyReceiverOptions = {}): Promise<FaultyReceiver> {
  const receiver = new HttpReceiver(options);
  await receiver.listen(options.port ?? 0);
  return receiver;
}

const HEALTHY: SinkFault = {
  name: 'none',
  about: 'takes every batch',
  meet(exchange) {
    exchange.take();
    exchange.answer(200);
  },
};

/** `at` in 0..1 falls into one of the shares, or behind them all. */
function ownFault(own: NonNullable<FaultyReceiverOptions['own']>, at: number): SinkFault | null {
  let end = 0;
  for (const { fault, share } of own) {
    end += share;
    if (at < end) return fault;
  }
  return null;
}

class HttpReceiver implements FaultyReceiver {
  readonly counts: Record<string, number> = {};
  private readonly options: FaultyReceiverOptions;
  private readonly random: Random;
  private readonly taken = createTakenBatches();
  private readonly server = createServer((request, response) => void this.meet(request, response));
  private struck: SinkFault | null = null;
  private healthy = false;

  constructor(options: FaultyReceiverOptions) {
    this.options = options;
    this.random = stream(options.seed ?? 1, 'receiver', 'own faults');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/events`;
  }

  async listen(port: number): Promise<void> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  strike(fault: SinkFault, { forMs }: { forMs: number }): void {
    this.struck = fault;
    setTimeout(() => {
      if (this.struck === fault) this.struck = null;
    }, forMs).unref();
  }

  mend(): void {
    this.healthy = true;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async meet(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => {});
    response.on('error', () => {});
    const fault = this.faultOfNow();
    this.count('requests');
    if (fault !== null) this.count(fault.name);
    const { meet } = fault ?? HEALTHY;
    if (meet === undefined) {
      request.pause();
      return;
    }
    const answers = answersTo(request, response, this.options.silenceMs ?? 2_000);
    const body = await bodyOf(request);
    if (body === null) return;
    const key = String(request.headers['idempotency-key']);
    const batch = { key, events: JSON.parse(body) as CloudEvent[] };
    const knowledge = { isKnown: this.taken.has(key), isIndigestible: batch.events.some(this.refusesEver) };
    meet({ ...answers, ...knowledge, take: () => this.take(batch) });
  }

  /** Drawn for every request, so that a planned fault shifts none of the others. */
  private faultOfNow(): SinkFault | null {
    const mine = ownFault(this.options.own ?? [], this.random.next());
    return this.healthy ? null : (this.struck ?? mine);
  }

  private readonly refusesEver = ({ source, id }: CloudEvent): boolean => {
    const { seed = 1, indigestible = 0.0025 } = this.options;
    return stream(seed, `${source}${id}`, 'indigestible').next() < indigestible;
  };

  private take(batch: TakenBatch): void {
    const outcome = this.taken.take(batch);
    this.count(outcome);
    if (outcome === 'taken') this.options.onTaken?.(batch);
    if (outcome === 'changed') this.options.onChanged?.(batch.key);
  }

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}
