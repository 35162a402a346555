import type { Sink, SinkBatch, SinkOutcome, SinkRecord } from '@usewire/gateway';
import { counter, gauge, modelTable, oneOf, optional, product, session } from '@usewire/protocol/model';
import { toHex } from '@usewire/protocol/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** What the batches of the contract come from. */
export const kettle = product('kettle', 1, {
  purposes: { comfort: { basis: 'contract', code: 'service_provision' } },
  points: {
    water: gauge({
      id: 1,
      for: 'comfort',
      unit: 'Cel',
      scale: 0.1,
      range: [0, 100],
      outside: 'keep',
      attributes: { fill: optional(oneOf('low', 'high')) },
    }),
    boils: counter({ id: 2, for: 'comfort' }),
    heating: session({ id: 3, for: 'comfort' }),
  },
});

const kettleHash = toHex(modelTable(kettle).hash.subarray(0, 4));
const points = { water: [1, 'gauge'], boils: [2, 'counter'], heating: [3, 'session'] } as const;

/** One record of the kettle; `seq` stands for its message, and for its position in the spool less one. */
export function kettleRecord(
  seq: number,
  change: Partial<SinkRecord> & { point?: keyof typeof points } = {},
): SinkRecord {
  const point = change.point ?? 'water';
  return {
    tenant: 'acme',
    device: 'kettle-1',
    product: 'kettle',
    position: seq + 1,
    point,
    pointId: points[point][0],
    kind: points[point][1],
    subject: null,
    boot: '7',
    seq,
    index: 0,
    atMs: 1_700_000_000_000 + seq * 1_000,
    uptimeMs: seq * 1_000,
    timeQuality: 3,
    timeBoundMs: 20,
    receivedAtMs: 1_700_000_500_000,
    consentEpoch: 0,
    modelHash: kettleHash,
    value: 20 + seq,
    attributes: {},
    flags: [],
    ...change,
  };
}

/** A batch of the kettle's messages `from`..`to`, one record each. */
export function kettleBatch(from: number, to: number, name = 'out'): SinkBatch {
  const records = Array.from({ length: to - from + 1 }, (_, i) => kettleRecord(from + i));
  return batchOf(records, name);
}

export function batchOf(records: SinkRecord[], name = 'out'): SinkBatch {
  const firstPosition = records[0]!.position;
  const lastPosition = records[records.length - 1]!.position;
  const key = `${name}/${firstPosition}-${lastPosition}`;
  return { key, firstPosition, lastPosition, records, models: new Map([[`acme/${kettleHash}`, kettle]]) };
}

export const never = new AbortController().signal;

/** One place where a sink delivers to, and how to look at it from outside. */
export interface SinkPlace {
  /** A sink on this place; a second one continues where the first stopped, as after a restart. */
  open(): Sink;
  /** `seq` of every record that is there, in any order; twice when it is there twice. */
  arrived(): Promise<number[]>;
  /** From now on the place takes nothing; returns the way to mend it. */
  break(): Promise<() => Promise<void>>;
  /** From now on the place refuses what it gets; null = it has no way to refuse. */
  refuse: (() => Promise<() => Promise<void>>) | null;
  remove(): Promise<void>;
}

/** Gives a batch again while it is asked to, as the forwarder does: a server that is slow for a moment has broken no contract. */
async function taken(sink: Sink, batch: SinkBatch): Promise<SinkOutcome> {
  const end = performance.now() + 20_000;
  for (;;) {
    const outcome = await sink.deliver(batch, never);
    if (outcome.kind !== 'retry' || performance.now() > end) return outcome;
  }
}

/** What the forwarder relies on; every sink and every double passes it. */
export function describeSinkContract(name: string, makePlace: () => Promise<SinkPlace>): void {
  describe(`sink contract: ${name}`, () => {
    let place: SinkPlace;
    const sinks: Sink[] = [];
    const open = () => {
      const sink = place.open();
      sinks.push(sink);
      return sink;
    };
    const arrived = async () => (await place.arrived()).sort((a, b) => a - b);

    beforeEach(async () => {
      place = await makePlace();
    });
    afterEach(async () => {
      for (const sink of sinks.splice(0)) await sink.close();
      await place.remove();
    });

    it('accepts a batch, and then it is there', async () => {
      expect(await taken(open(), kettleBatch(0, 4))).toMatchObject({ kind: 'accepted' });
      expect(await arrived()).toEqual([0, 1, 2, 3, 4]);
    });

    it('keeps one copy of a batch that comes again', async () => {
      const sink = open();
      for (let i = 0; i < 3; i++)
        expect(await taken(sink, kettleBatch(0, 2))).toMatchObject({ kind: 'accepted' });
      await taken(sink, kettleBatch(3, 4));
      expect(await arrived()).toEqual([0, 1, 2, 3, 4]);
    });

    it('keeps one copy of a batch that comes again after a restart', async () => {
      const before = open();
      await taken(before, kettleBatch(0, 2));
      await before.close();
      const after = open();
      expect(await taken(after, kettleBatch(0, 2))).toMatchObject({ kind: 'accepted' });
      expect(await taken(after, kettleBatch(3, 3))).toMatchObject({ kind: 'accepted' });
      expect(await arrived()).toEqual([0, 1, 2, 3]);
    });

    it('asks for a retry while its place takes nothing, says why, and then takes the same batch', async () => {
      const sink = open();
      await taken(sink, kettleBatch(0, 0));
      const mend = await place.break();
      const outcome = await sink.deliver(kettleBatch(1, 2), never);
      expect(outcome.kind).toBe('retry');
      expect((outcome as { reason: string }).reason).not.toBe('');
      await mend();
      expect(await taken(sink, kettleBatch(1, 2))).toMatchObject({ kind: 'accepted' });
      expect(await arrived()).toEqual([0, 1, 2]);
    });

    it('starts while its place takes nothing', async () => {
      const mend = await place.break();
      const sink = open();
      expect((await sink.deliver(kettleBatch(0, 0), never)).kind).toBe('retry');
      await mend();
      expect(await taken(sink, kettleBatch(0, 0))).toMatchObject({ kind: 'accepted' });
    });

    it('reports a refusal as such, with the reason', async (context) => {
      if (place.refuse === null) return context.skip('this sink has nobody who could refuse');
      const accept = await place.refuse();
      const outcome = await open().deliver(kettleBatch(0, 1), never);
      expect(outcome.kind).toBe('rejected');
      expect((outcome as { reason: string }).reason).not.toBe('');
      await accept();
    });

    it('takes records whose values are as odd as a model allows', async () => {
      const odd = batchOf([
        kettleRecord(0, { value: null }),
        kettleRecord(1, { value: -0.1, flags: ['out_of_range'], timeBoundMs: null }),
        kettleRecord(2, { subject: `O'Brien "left"\n`, attributes: { fill: 'high' } }),
        kettleRecord(3, { point: 'boils', value: Number.MAX_SAFE_INTEGER }),
        kettleRecord(4, { point: 'heating', value: 90, atMs: 0 }),
      ]);
      expect(await taken(open(), odd)).toMatchObject({ kind: 'accepted' });
      expect(await arrived()).toEqual([0, 1, 2, 3, 4]);
    });

    it('answers at once when it is told to stop', async () => {
      const stopped = AbortSignal.abort();
      const outcome = await open().deliver(kettleBatch(0, 0), stopped);
      expect(['accepted', 'retry']).toContain(outcome.kind);
    });

    it('closes twice without harm and takes nothing afterwards', async () => {
      const sink = open();
      await sink.deliver(kettleBatch(0, 0), never);
      await sink.close();
      await sink.close();
      expect((await sink.deliver(kettleBatch(1, 1), never)).kind).toBe('retry');
      expect(await arrived()).toEqual([0]);
    });

    it('closes without ever having been used', async () => {
      await open().close();
    });
  });
}
