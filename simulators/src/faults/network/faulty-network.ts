import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createLastingFaults, type LastingFaults } from './lasting-faults.ts';
import { joinLink } from './link.ts';
import {
  isStruck,
  type NetworkCounts,
  type NetworkFault,
  type NetworkLink,
  type NetworkStrike,
} from './network-fault.ts';

export interface FaultyNetworkOptions {
  /** Where the gateway listens now; null while there is none: devices are refused then. */
  gateway(): { host: string; port: number } | null;
  /** Port on 127.0.0.1 for devices. Default: a free one. */
  port?: number;
  /** A PUBACK left the gateway for this message, whether or not it reached the device. */
  onAcked?(topic: string, payload: Buffer): void;
}

export interface FaultyNetwork {
  /** Where devices connect: `mqtt://127.0.0.1:...`. */
  readonly url: string;
  readonly counts: Readonly<NetworkCounts>;
  /** Begins a fault; it ends by itself after `how.forMs`, or with `mend()`. */
  strike(fault: NetworkFault, how: NetworkStrike): void;
  /** Everything gets through from now on. */
  mend(): void;
  close(): Promise<void>;
}

/** A way over TCP between devices and a gateway on which things go wrong when they are told to. */
export async function startFaultyNetwork(options: FaultyNetworkOptions): Promise<FaultyNetwork> {
  const network = new TcpNetwork(options);
  await network.listen(options.port ?? 0);
  return network;
}

class TcpNetwork implements FaultyNetwork {
  readonly counts: NetworkCounts = {
    ...{ connections: 0, refused: 0, resets: 0, lostPackets: 0 },
    ...{ latePackets: 0, tornPackets: 0, resentPackets: 0, twins: 0 },
  };
  private readonly options: FaultyNetworkOptions;
  private readonly server: Server;
  private readonly lasting: LastingFaults;
  private readonly links = new Set<NetworkLink>();
  private readonly sockets = new Set<Socket>();
  /** Devices that wait until they may come in together. */
  private held: Socket[] = [];

  constructor(options: FaultyNetworkOptions) {
    this.options = options;
    this.server = createServer({ noDelay: true }, (device) => this.welcome(device));
    this.lasting = createLastingFaults((fault, how) => this.ended(fault, how));
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async listen(port: number): Promise<void> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  strike(fault: NetworkFault, how: NetworkStrike): void {
    this.lasting.begin(fault, how);
    for (const link of this.struck(how)) fault.begin?.(link, how);
  }

  mend(): void {
    this.lasting.endAll();
  }

  async close(): Promise<void> {
    this.held = [];
    for (const socket of this.sockets) socket.destroy();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  private struck(how: NetworkStrike): NetworkLink[] {
    return [...this.links].filter((link) => isStruck(link.client(), how));
  }

  private ended(fault: NetworkFault, how: NetworkStrike): void {
    if (fault.endsInReset) for (const link of this.struck(how)) link.reset();
    if (this.lasting.newcomers() === 'join') for (const device of this.held.splice(0)) this.join(device);
  }

  private welcome(device: Socket): void {
    this.track(device);
    const welcome = this.lasting.newcomers();
    if (welcome === 'hold') this.held.push(device);
    else if (welcome === 'refuse') this.refuse(device);
    else this.join(device);
  }

  private refuse(device: Socket): void {
    this.counts.refused += 1;
    device.resetAndDestroy();
  }

  private join(device: Socket): void {
    const gateway = device.destroyed ? null : this.connect();
    if (gateway === null) {
      this.refuse(device);
      return;
    }
    this.counts.connections += 1;
    const link: NetworkLink = joinLink({
      ...{ device, gateway, counts: this.counts },
      fateOf: this.lasting.fateOf,
      hidesEnds: this.lasting.hideEnds,
      connect: () => this.connect(),
      onAcked: this.options.onAcked ?? (() => {}),
      onEnd: () => this.links.delete(link),
    });
    this.links.add(link);
  }

  private connect(): Socket | null {
    const place = this.options.gateway();
    return place === null ? null : this.track(connect({ ...place, noDelay: true }));
  }

  private track(socket: Socket): Socket {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.sockets.delete(socket));
    return socket;
  }
}
