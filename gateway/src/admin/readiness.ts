import type { GatewayView, SpoolSize } from '../domain/ports.ts';

interface Check {
  ok: boolean;
  reason?: string;
}

export interface Readiness {
  ready: boolean;
  checks: { phase: Check; storage: Check; space: Check; flow: Check };
}

/**
 * Whether a load balancer should send devices here. A sink that is down does not count: as long as there is room the
 * gateway takes data, and taking it away would turn a sink's outage into one of the ingest.
 */
export function readiness(view: GatewayView, size: SpoolSize, highWaterPercent: number): Readiness {
  const phase = view.phase();
  const { storageFailure, paused } = view.gauges();
  const { usedBytes, maxBytes } = size;
  const percent = Math.floor((usedBytes / maxBytes) * 100);
  const checks = {
    phase: check(phase === 'ready', `the gateway is ${phase}`),
    storage: check(storageFailure === null, `${storageFailure?.code}: ${storageFailure?.message}`),
    space: check(
      percent < highWaterPercent,
      `the store is ${percent} % full, the mark is ${highWaterPercent} %`,
    ),
    flow: check(!paused, 'sockets are paused: commits cannot keep up'),
  };
  return { ready: Object.values(checks).every(({ ok }) => ok), checks };
}

function check(ok: boolean, reason: string): Check {
  return ok ? { ok } : { ok, reason };
}
