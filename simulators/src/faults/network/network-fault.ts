import { type Random, stream } from '../../random/stream.ts';

/** How a fault of the network strikes: all of it is drawn by seed. */
export interface NetworkStrike {
  /** Share of the devices that are struck, 0..1. */
  share: number;
  /** Chooses them by their client ids, whatever the order in which they connect. */
  salt: number;
  /** Ms; left out: it strikes once. */
  forMs?: number;
  /** Ms by which everything comes late. */
  byMs?: number;
  /** How much of a torn packet arrives, 0..1. */
  atShare?: number;
}

/** What happened on a network. */
export interface NetworkCounts {
  connections: number;
  refused: number;
  resets: number;
  lostPackets: number;
  latePackets: number;
  tornPackets: number;
  resentPackets: number;
  twins: number;
}

/** One connection of a device, seen from between it and the gateway. */
export interface NetworkLink {
  /** MQTT client id; '' before it said one. */
  client(): string;
  /** Both sides hear that the connection was reset. */
  reset(): void;
  /** The gateway gets the device's CONNECT a second time, on another connection. */
  connectTwin(): void;
  /** What was published last is published again, in an order drawn from `salt`. */
  resend(salt: number): void;
}

/** An MQTT packet on its way. */
export interface Passage {
  from: 'device' | 'gateway';
  size: number;
  /** Packets of its connection that this fault has let pass before, in this direction. */
  nth: number;
}

/** What becomes of a packet. `torn`: so many bytes arrive, then the connection is reset. */
export type Passing = 'through' | 'lost' | { lateMs: number } | { torn: number };

/** One thing that goes wrong between a device and its gateway. */
export interface NetworkFault {
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  draw(random: Random): NetworkStrike;
  /** What it does at once to a connection that it strikes. */
  begin?(link: NetworkLink, strike: NetworkStrike): void;
  /** What becomes of new connections while it lasts. `hold`: they wait and come in together. */
  readonly newcomers?: 'refuse' | 'hold';
  pass?(packet: Passage, strike: NetworkStrike): Passing;
  /** Neither side is told that the other one has gone. */
  readonly hidesEnds?: boolean;
  /** What was lost on the way is lost: TCP would not go on as if nothing had been. */
  readonly endsInReset?: boolean;
}

/** True for the clients that the strike's salt and share choose. */
export function isStruck(client: string, { share, salt }: NetworkStrike): boolean {
  return share >= 1 || stream(salt, client, 'struck').next() < share;
}

const SHARES = [0.2, 0.5, 1] as const;

/** Whom it strikes: a fifth, half or all of the devices. */
export function struckShare(random: Random): { share: number; salt: number } {
  return { share: random.pick(SHARES), salt: saltOf(random) };
}

/** It strikes everybody. */
export function everybody(random: Random): { share: number; salt: number } {
  return { share: 1, salt: saltOf(random) };
}

function saltOf(random: Random): number {
  return random.int(0, 2 ** 31 - 1);
}
