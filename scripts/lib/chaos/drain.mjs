import { setTimeout as pause } from 'node:timers/promises';
import { getJson } from '../gateway-process.mjs';
import { Stop } from '../say.mjs';
import { flowing } from './strikes.mjs';

/** No more faults: the fleet hands over everything, the sinks take everything, all ends in order. Exit code 4 when they do not in time. */
export async function drain(scene, drainMs) {
  const { fleet, gateway, clock, journal, network, receiver, complain } = scene;
  journal.tell('drain', {}, 'no more faults; draining');
  network.mend();
  receiver.mend();
  clock.set(0);
  await flowing(scene);
  const fleetEnd = await fleet.end('SIGTERM');
  if (fleetEnd.code !== 0) complain('deaths', `the fleet ended with code ${fleetEnd.code}`);
  const { waiting, queued, accepted, sdkAccepted } = fleetEnd.result;
  if (waiting > 0 || queued > 0)
    throw new Stop(
      `The fleet kept ${waiting} messages and ${queued} records back after ${drainMs / 1000} s.`,
      4,
    );
  if (accepted !== sdkAccepted)
    complain('accepted', `the SDK accepted ${sdkAccepted} of ${accepted} records`);
  await sinksDone(gateway.httpPort(), drainMs);
  const { code } = await gateway.end('SIGTERM');
  if (code !== 0) complain('terms', `the last SIGTERM ended the gateway with code ${code}`);
}

async function sinksDone(port, drainMs) {
  const end = performance.now() + drainMs;
  for (;;) {
    const status = await getJson(port, '/api/status');
    if (status.sinks.every((sink) => sink.pending === 0)) return;
    if (performance.now() > end)
      throw new Stop(`The sinks did not drain: ${JSON.stringify(status.sinks)}`, 4);
    await pause(50);
  }
}
