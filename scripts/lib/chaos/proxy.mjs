import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createTap } from './mqtt-tap.mjs';
import { load } from './packages.mjs';

const { stream } = await load('@usewire/simulators');

/**
 * Stands between the fleet and the gateway. Faults strike the devices that the salt and the share choose, whatever the order
 * in which they connect.
 * @param {{upstreamPort(): number | undefined, onAcked(topic: string, payload: Buffer): void}} options
 */
export async function startProxy({ upstreamPort, onAcked }) {
  const links = new Set();
  /** Faults that last: each is asked about every chunk. */
  const faults = new Set();
  const counts = { connections: 0, refused: 0, resets: 0, cutPackets: 0, droppedChunks: 0, delayedChunks: 0 };

  const strikes = (fault, client) =>
    fault.share >= 1 || stream(fault.salt, client, 'struck').next() < fault.share;
  const lasting = (kind, client) => [...faults].find((one) => one.fault === kind && strikes(one, client));

  const server = createServer({ noDelay: true }, (device) => {
    const port = upstreamPort();
    device.on('error', () => {});
    if (port === undefined || [...faults].some((one) => one.fault === 'cut')) {
      counts.refused += 1;
      device.resetAndDestroy();
      return;
    }
    counts.connections += 1;
    join(device, connect({ port, host: '127.0.0.1', noDelay: true }));
  });

  function join(device, gateway) {
    const link = { client: '', device, gateway };
    links.add(link);
    gateway.on('error', () => {});
    const tap = createTap({
      onClient: (id) => {
        link.client = id;
      },
      onAcked,
    });
    pipe(link, device, gateway, (chunk) => tap.fromDevice(chunk));
    pipe(link, gateway, device, (chunk) => tap.fromGateway(chunk));
    for (const [side, other] of [
      [device, gateway],
      [gateway, device],
    ]) {
      side.on('close', () => {
        links.delete(link);
        // Half-open: the other side is not told.
        if (lasting('halfOpen', link.client) === undefined) other.destroy();
        else setTimeout(() => other.destroy(), 8_000).unref();
      });
    }
  }

  function pipe(link, from, to, tap) {
    let readyMs = 0;
    from.on('data', (chunk) => {
      tap(chunk);
      const { client } = link;
      if (lasting('halfOpen', client) !== undefined) {
        counts.droppedChunks += 1;
        return;
      }
      if (from === link.gateway && lasting('lostAck', client) !== undefined) {
        counts.droppedChunks += 1;
        return;
      }
      const torn = from === link.device && client !== '' ? lasting('midPacket', client) : undefined;
      if (torn !== undefined && chunk.length > 1 && !torn.done.has(client)) {
        torn.done.add(client);
        tear(link, chunk, torn.atShare);
        return;
      }
      const delay = lasting('delay', client);
      const now = performance.now();
      if (delay === undefined && readyMs <= now) {
        to.write(chunk);
        return;
      }
      // In order: nothing overtakes what waits.
      counts.delayedChunks += 1;
      readyMs = Math.max(readyMs, now + (delay?.byMs ?? 0));
      setTimeout(() => to.write(chunk), readyMs - now);
    });
  }

  /** A part of the packet arrives, then the connection is reset on both sides. */
  function tear(link, chunk, share) {
    counts.cutPackets += 1;
    const size = Math.max(1, Math.min(chunk.length - 1, Math.floor(chunk.length * share)));
    link.gateway.write(chunk.subarray(0, size), () => reset(link));
  }

  function reset(link) {
    counts.resets += 1;
    links.delete(link);
    link.device.resetAndDestroy();
    link.gateway.resetAndDestroy();
  }

  const resetStruck = (fault) => {
    for (const link of [...links]) if (strikes(fault, link.client)) reset(link);
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    counts,
    /** Begins a fault of the network; it ends by itself. */
    strike(fault) {
      if (fault.fault === 'reset' || fault.fault === 'cut') resetStruck(fault);
      if (fault.forMs === undefined) return;
      const lastingFault = { ...fault, done: new Set() };
      faults.add(lastingFault);
      setTimeout(() => {
        // What was lost on the way is lost: TCP would not go on as if nothing had been.
        if (faults.delete(lastingFault) && ['halfOpen', 'lostAck'].includes(fault.fault)) resetStruck(fault);
      }, fault.forMs).unref();
    },
    /** Everything gets through from now on. */
    mend() {
      for (const fault of [...faults]) {
        faults.delete(fault);
        if (['halfOpen', 'lostAck'].includes(fault.fault)) resetStruck(fault);
      }
    },
    async close() {
      for (const link of [...links]) reset(link);
      server.close();
    },
  };
}
