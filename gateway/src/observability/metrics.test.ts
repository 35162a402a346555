import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../testing/fixed-view.ts';
import { createMetrics } from './metrics.ts';

const sink = {
  name: 'cloud',
  cursor: 3,
  pending: 4,
  state: 'down' as const,
  messagesDelivered: 3,
  recordsDelivered: 30,
  recordsLeftOut: 2,
  recordsWithheld: 3,
  messagesRejected: 1,
  batches: 2,
  pendingRecords: 40,
  lagMs: 1_500,
  backlog: 1,
  breaker: 'open' as const,
  underWay: 0,
  concurrency: 3,
  attempts: 9,
  retries: 5,
  lastProblem: 'no answer',
};

async function read() {
  const view = viewOf({ counters: { messages: 8, quarantined: { schema: 2, malformed: 1 } } });
  const registry = createMetrics({ view, size: view.size, forwarders: () => [sink] });
  return { registry, text: await registry.metrics() };
}

describe('metrics', () => {
  it('gives counters, reasons and sinks by name', async () => {
    const { text } = await read();
    expect(text).toContain('usewire_gateway_messages_stored_total 8\n');
    expect(text).toContain('usewire_gateway_quarantined_total{reason="schema"} 2\n');
    expect(text).toContain('usewire_gateway_sink_delivered_messages_total{sink="cloud"} 3\n');
    expect(text).toContain('usewire_gateway_sink_up{sink="cloud"} 0\n');
    expect(text).toContain('usewire_gateway_sink_lag_seconds{sink="cloud"} 1.5\n');
    expect(text).toContain('usewire_gateway_sink_breaker{sink="cloud"} 2\n');
    expect(text).toContain('usewire_gateway_sink_concurrency{sink="cloud"} 3\n');
  });

  it('sums up what is missing, without naming devices', async () => {
    const gap = (device: string, first: number, last: number) => ({
      tenant: 't',
      device,
      boot: '1',
      first,
      last,
    });
    const view = viewOf({ gaps: [gap('a', 2, 4), gap('a', 9, 9), gap('b', 0, 0)] });
    const text = await createMetrics({ view, size: view.size, forwarders: () => [] }).metrics();
    expect(text).toContain('usewire_gateway_missing_messages 5\n');
    expect(text).toContain('usewire_gateway_devices_with_gaps 2\n');
  });

  it('does not add up what it read at the scrape before', async () => {
    const { registry } = await read();
    expect(await registry.metrics()).toContain('usewire_gateway_messages_stored_total 8\n');
  });

  it('keeps no gateway in memory that is gone, although those of the process go on', async () => {
    const made = (): WeakRef<object> => {
      const view = viewOf({});
      createMetrics({ view, size: view.size, forwarders: () => [] });
      return new WeakRef(view);
    };
    const view = made();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let turns = 0; turns < 50 && view.deref() !== undefined; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    expect(view.deref()).toBeUndefined();
    expect((await read()).text).toContain('nodejs_gc_duration_seconds');
  });

  it('names everything by the rules: prefix, base units, _total for what only grows', async () => {
    const { registry } = await read();
    const own = (await registry.getMetricsAsJSON()).filter(({ name }) => !/^(process|nodejs)_/.test(name));
    expect(own.length).toBeGreaterThan(20);
    for (const { name, type } of own) {
      expect(name).toMatch(/^usewire_gateway_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(String(type) === 'counter');
    }
  });

  it('has no label that grows with devices', async () => {
    const { registry } = await read();
    const labels = (await registry.getMetricsAsJSON())
      .filter(({ name }) => name.startsWith('usewire_'))
      .flatMap(({ values }) => (values ?? []).flatMap(({ labels: found }) => Object.keys(found)));
    expect([...new Set(labels)].sort()).toEqual(['cause', 'reason', 'sink']);
  });
});
