import { createOtlpSink, type OtlpSinkOptions, type Sink } from '@usewire/gateway';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  batchOf,
  describeSinkContract,
  kettleBatch,
  kettleRecord,
  never,
} from '../../contract/sink-contract.ts';
import { type Collector, startCollector, whyNoCollector } from './server.mjs';
import { understoodBy } from './understood.ts';

const missing = whyNoCollector();
const why = missing === null ? '' : ` (skipped: ${missing})`;
const accepted = { kind: 'accepted' };

describe.skipIf(missing !== null)(`OTLP, into the OpenTelemetry Collector's receiver${why}`, () => {
  let server: Collector;
  const sinks: Sink[] = [];
  let seen = 0;

  beforeAll(async () => {
    server = await startCollector();
  });
  afterAll(() => server.remove());
  afterEach(async () => {
    for (const sink of sinks.splice(0)) await sink.close();
    server.says('yes');
    seen = understoodBy(server).length;
  });

  const open = (change: Partial<OtlpSinkOptions> = {}) => {
    const sink = createOtlpSink({ name: 'out', url: server.url, timeoutMs: 5_000, ...change });
    sinks.push(sink);
    return sink;
  };
  const understood = () => understoodBy(server).slice(seen);

  describeSinkContract('otlp', async () => ({
    open,
    /** As a store of metrics has it: one value a series and time. The kettle of the contract says one thing a second. */
    async arrived() {
      const times = understood().map(({ name, atMs }) => `${name} ${atMs}`);
      const at = [...new Set(times)].map((key) => Number(key.split(' ')[1]));
      return at.map((atMs) => (atMs === 0 ? 4 : (atMs - 1_700_000_000_000) / 1_000));
    },
    async break() {
      server.says('busy');
      return async () => server.says('yes');
    },
    async refuse() {
      server.says('refuse');
      return async () => server.says('yes');
    },
    remove: async () => {},
  }));

  it('has numbers over time as metrics and what happened as log records, under the device', async () => {
    const gap = {
      ...kettleRecord(3, { attributes: { cause: 'evicted' }, value: 12 }),
      point: 'gap',
      pointId: 0,
      kind: 'gap',
    };
    const records = [
      kettleRecord(0, { value: 20.5, attributes: { fill: 'high' }, subject: 'left' }),
      kettleRecord(1, { point: 'boils', value: 3 }),
      kettleRecord(2, { point: 'heating', value: 90 }),
      gap,
    ];
    expect(await open().deliver(batchOf(records), never)).toMatchObject(accepted);
    const found = understood();
    expect(found).toMatchObject([
      {
        device: 'kettle-1',
        name: 'kettle.water',
        unit: 'Cel',
        shape: 'gauge',
        atMs: 1_700_000_000_000,
        attributes: { fill: 'high', 'usewire.subject': 'left' },
        point: { asDouble: 20.5 },
      },
      {
        name: 'kettle.boils',
        shape: 'sum',
        point: { asInt: '3', startTimeUnixNano: '1700000000000000000' },
      },
      {
        name: 'kettle.heating',
        shape: 'log',
        point: { severityNumber: 9, body: { intValue: '90' }, observedTimeUnixNano: '1700000500000000000' },
        attributes: { 'usewire.id': '7/2/0', 'usewire.kind': 'session', 'usewire.purpose': 'comfort' },
      },
      { name: 'kettle.gap', shape: 'log', point: { severityNumber: 13 }, attributes: { cause: 'evicted' } },
    ]);
  });

  it('has distributions as exponential histograms', async () => {
    const value = {
      count: 6,
      sum: 21,
      min: 1,
      max: 6,
      scale: 2,
      zeroCount: 1,
      offset: -3,
      buckets: [2, 0, 3],
    };
    const noise = { ...kettleRecord(0, { value }), point: 'noise', pointId: 9, kind: 'distribution' };
    expect(await open().deliver(batchOf([noise]), never)).toMatchObject(accepted);
    expect(understood()).toMatchObject([
      {
        shape: 'exponentialHistogram',
        point: {
          ...{ count: '6', sum: 21, min: 1, max: 6, scale: 2, zeroCount: '1' },
          positive: { offset: -3, bucketCounts: ['2', '0', '3'] },
        },
      },
    ]);
  });

  it('goes on when the receiver was killed, and gives up an attempt on one that holds still', async () => {
    const sink = open({ timeoutMs: 400 });
    await sink.deliver(kettleBatch(0, 0), never);
    await server.kill();
    expect(await sink.deliver(kettleBatch(1, 1), never)).toMatchObject({ kind: 'retry' });
    await server.start();
    server.signal('SIGSTOP');
    expect(await sink.deliver(kettleBatch(1, 1), never)).toEqual({
      kind: 'retry',
      reason: 'no answer within 400 ms',
    });
    server.signal('SIGCONT');
    expect(await open().deliver(kettleBatch(1, 1), never)).toMatchObject(accepted);
  });
});
