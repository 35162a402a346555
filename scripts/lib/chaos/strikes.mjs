import { setTimeout as pause } from 'node:timers/promises';
import { load } from './packages.mjs';

const { networkFaults, sinkFaults } = await load('@usewire/simulators');

/** Longest wait for records to flow again after a fault, before the next strikes. */
const FLOW_PATIENCE_MS = 15_000;
/** libfaketime looks at its file once a second. */
const CLOCK_NOTICE_MS = 2_500;
/** Nobody gets through while devices live through days without a link; ended when they have. */
const UNTIL_MENDED_MS = 600_000;

/** Starts gateway and fleet, then every fault of the plan, each when records flow again after the one before. */
export async function strikeAll(scene, steps) {
  scene.gateway.spawn();
  scene.fleet.spawn();
  for (const step of steps) {
    if (step.when !== 'starting') {
      await flowing(scene);
      await pause(step.gapMs);
    }
    await strike(scene, step);
  }
}

/** Until the gateway is ready and acknowledges something, or patience ends (a cut may still last). */
export async function flowing({ gateway, ledger }) {
  await gateway.ready();
  const before = ledger.acks();
  const end = performance.now() + FLOW_PATIENCE_MS;
  while (ledger.acks() === before && performance.now() < end) await pause(10);
}

/** One fault, one line. */
const strikes = {
  async kill({ gateway }, step) {
    if (step.when === 'starting') {
      await pause(Math.max(0, step.afterMs - (performance.now() - gateway.spawnedMs())));
    }
    await gateway.end('SIGKILL');
    await pause(step.downMs);
    gateway.spawn();
  },
  async term({ gateway, complain }, step) {
    const { code, signal } = await gateway.end('SIGTERM');
    if (code !== 0) complain('terms', `SIGTERM ended the gateway with code ${code}, signal ${signal}`);
    await pause(step.downMs);
    gateway.spawn();
  },
  async stop(scene, { forMs }) {
    scene.gateway.freeze();
    await pause(forMs);
    scene.gateway.thaw();
    scene.longestStopMs = Math.max(scene.longestStopMs, forMs);
  },
  // Other faults strike while it is wrong.
  clock({ clock, wrongClock }, { byMs, forMs }) {
    const nowMs = Date.now();
    wrongClock.push({ fromMs: nowMs, toMs: nowMs + forMs + CLOCK_NOTICE_MS });
    during(
      forMs,
      () => clock.set(byMs),
      () => clock.set(0),
    );
  },
  async fleetKill({ fleet }, step) {
    await fleet.end('SIGKILL');
    await pause(step.downMs);
    fleet.spawn();
  },
  async rebootLoop({ fleet }, { livesMs }) {
    for (const lifeMs of livesMs) {
      await fleet.end('SIGKILL');
      fleet.spawn();
      await pause(lifeMs);
    }
  },
  async daysOffline({ fleet, network }, { days }) {
    await fleet.end('SIGKILL');
    network.strike(named(networkFaults, 'cut'), { share: 1, salt: 0, forMs: UNTIL_MENDED_MS });
    fleet.spawn(days);
    await fleet.ready();
    network.mend();
  },
  deviceClock: ({ fleet }, { forMs, ...how }) =>
    during(
      forMs,
      () => fleet.setClocks(how),
      () => fleet.setClocks({ ...how, byMs: 0 }),
    ),
  network: ({ network }, { fault, ...how }) => network.strike(named(networkFaults, fault), how),
  sink: ({ receiver }, { fault, ...how }) => receiver.strike(named(sinkFaults, fault), how),
};

const named = (faults, name) => faults.find((one) => one.name === name);

function during(forMs, begin, end) {
  begin();
  setTimeout(end, forMs).unref();
}

async function strike(scene, step) {
  const { journal, ledger, struck } = scene;
  const { n, kind, gapMs, ...how } = step;
  const name = how.fault === undefined ? kind : `${kind}.${how.fault}`;
  struck[name] = (struck[name] ?? 0) + 1;
  const details = Object.entries(how).filter(([key]) => key !== 'fault' && key !== 'salt');
  const text = `${name} ${details.map(([key, value]) => `${key}=${value}`).join(' ')}`;
  journal.tell(
    'fault',
    { n, kind: name, cause: 'plan', ...how, ackedMessages: ledger.messages() },
    `#${n} ${text}`,
  );
  await strikes[kind](scene, how);
}
