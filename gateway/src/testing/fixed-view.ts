import { zeroCounters } from '../domain/counters.ts';
import type {
  ClusterConnectionStatus,
  DeviceRow,
  GatewayCounters,
  GatewayGauges,
  GatewayPhase,
  GatewayView,
  SerialPortStatus,
  SpoolSize,
} from '../domain/ports.ts';

export interface ViewFacts {
  counters?: Partial<GatewayCounters>;
  gauges?: Partial<GatewayGauges>;
  size?: Partial<SpoolSize>;
  devices?: DeviceRow[];
  serialPorts?: SerialPortStatus[];
  clusterConnections?: ClusterConnectionStatus[];
  gaps?: ReturnType<GatewayView['gaps']>;
  phase?: GatewayPhase;
}

/** A read side that says what a test tells it. */
export function viewOf(facts: ViewFacts = {}): GatewayView {
  const sockets = { connections: 0, unidentified: 0, paused: false, spaceAlarm: false };
  const calm = {
    ...sockets,
    uncommittedBytes: 0,
    uncommittedMessages: 0,
    storageFailure: null,
    lastCommitMs: 0,
  };
  const empty = {
    messages: 0,
    usedBytes: 0,
    maxBytes: 1_000,
    quarantineMessages: 0,
    quarantineBytes: 0,
    quarantineDropped: 0,
    firstPosition: 0,
    lastPosition: 0,
  };
  return {
    counters: () => ({ ...zeroCounters(), ...facts.counters }),
    gauges: () => ({ ...calm, ...facts.gauges }),
    size: () => ({ ...empty, ...facts.size }),
    devices: () => facts.devices ?? [],
    serialPorts: () => facts.serialPorts ?? [],
    clusterConnections: () => facts.clusterConnections ?? [],
    gaps: () => facts.gaps ?? [],
    phase: () => facts.phase ?? 'ready',
    quarantine: () => [],
    findMessage: () => null,
    consents: () => [],
  };
}
