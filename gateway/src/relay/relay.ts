import { openPort } from '../ingress/serial/open-port.ts';
import { SerialLink } from '../ingress/serial/serial-link.ts';
import { type KeptPort, keepPort } from '../ingress/serial/serial-port.ts';
import { serialPort } from '../options.ts';
import { silentLog, systemClock, systemScheduler } from '../system.ts';
import { RelaySeat } from './relay-seat.ts';
import type { Relay, RelayOptions, RelayPorts } from './relay-types.ts';

/**
 * Relays devices behind serial ports to a gateway elsewhere: each in its own name over MQTT, with receipts for what the gateway has
 * acknowledged and for nothing else. Seals pass through. Throws for an address that is none.
 */
export function createRelay(options: RelayOptions, ports: RelayPorts = {}): Relay {
  if (!/^mqtts?:\/\//.test(options.gateway)) {
    throw new Error(`gateway is '${options.gateway}'; it must be an address such as mqtts://host:8883`);
  }
  const { log = silentLog, clock = systemClock, scheduler = systemScheduler, openSerial = openPort } = ports;
  const { gateway, tls, keepAliveSeconds = 60 } = options;
  let kept: { seat: RelaySeat; port: KeptPort; id: { tenant: string; device: string } }[] = [];

  function keep({ token, ...given }: RelayOptions['ports'][number]) {
    const { tenant, device } = given;
    const seat = new RelaySeat(
      { tenant, device, token, gateway, tls, keepAliveSeconds },
      { clock, scheduler, log },
    );
    const full = serialPort(given);
    const port = keepPort(full, {
      ...{ open: openSerial, scheduler, log },
      attach(duplex) {
        const link = new SerialLink(duplex, full, seat);
        seat.link = link;
        return link;
      },
      detached: () => void seat.leave(),
    });
    return { seat, port, id: { tenant, device } };
  }

  return {
    start() {
      if (kept.length > 0) return;
      log.info('relay.starting', { gateway, ports: options.ports.map(({ path }) => path) });
      kept = options.ports.map(keep);
    },
    status: () =>
      kept.map(({ seat, port, id }) => {
        const { inFlight, relayed, leftWithDevice } = seat;
        const moved = { gateway: seat.state(), inFlight, relayed, leftWithDevice };
        return { ...id, ...port.status(), isIn: seat.link?.isOpen() ?? false, ...moved };
      }),
    async stop() {
      await Promise.all(kept.map(({ port, seat }) => Promise.all([port.close(), seat.leave()])));
      const relayed = kept.reduce((sum, { seat }) => sum + seat.relayed, 0);
      kept = [];
      log.info('relay.stopped', { relayed });
    },
  };
}
