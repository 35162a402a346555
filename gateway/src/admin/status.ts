import type { DeviceRow, GatewayView, SpoolSize } from '../domain/ports.ts';
import type { ForwarderStatus } from '../forwarder-types.ts';

export interface StatusSources {
  view: GatewayView;
  /** Of the store itself: it answers while the gateway drains, too. */
  size(): SpoolSize;
  forwarders(): ForwarderStatus[];
  product(tenant: string, modelHash: string): string | undefined;
}

/** What `/api/status` answers: totals of the store, over restarts, and where each sink stands. */
export function status({ view, forwarders, ...store }: StatusSources) {
  const devices = view.devices();
  const counters = view.counters();
  const size = store.size();
  const sum = (read: (device: DeviceRow) => number) =>
    devices.reduce((total, device) => total + read(device), 0);
  return {
    phase: view.phase(),
    devices: devices.length,
    messages: sum((device) => device.messages),
    recordsStored: sum((device) => device.records),
    duplicates: sum((device) => device.duplicates),
    gaps: sum((device) => device.gapRecords),
    /** Messages in quarantine now: what was parked for a model and released has left it. */
    rejected: size.quarantineMessages,
    bytesIn: counters.bytes,
    spool: size,
    counters,
    gauges: view.gauges(),
    sinks: forwarders(),
    serialPorts: view.serialPorts(),
    cluster: view.clusterConnections(),
  };
}

/** What `/api/devices` answers. */
export function deviceList({ view, product }: StatusSources) {
  const missing = new Map<string, { boot: string; from: number; to: number }[]>();
  for (const { tenant, device, boot, first, last } of view.gaps()) {
    const key = `${tenant}.${device}`;
    const ranges = missing.get(key) ?? [];
    ranges.push({ boot, from: first, to: last });
    missing.set(key, ranges);
  }
  return view.devices().map((row) => ({
    tenant: row.tenant,
    device: row.device,
    product: product(row.tenant, row.modelHash) ?? '',
    state: row.state,
    messages: row.messages,
    records: row.records,
    gaps: row.gapRecords,
    duplicates: row.duplicates,
    quarantined: row.quarantined,
    lastSeenMs: row.lastSeenMs,
    delayMs: row.lastDelayMs,
    missing: missing.get(`${row.tenant}.${row.device}`) ?? [],
  }));
}
