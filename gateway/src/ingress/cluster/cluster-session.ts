import type { Socket } from 'node:net';
import { generate, type IConnackPacket, type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import type { AckTarget } from '../../domain/ports.ts';
import { answerLine, NOT_TAKEN, STORED } from './answer-line.ts';
import type { ClusterConnectionOptions, ClusterConnectionPorts } from './cluster-types.ts';
import { connackProblem, disconnectProblem, subackProblem } from './cluster-words.ts';
import { type SendWindow, sendWindow } from './send-window.ts';

/** A message of POU 1 has at most 262,144 bytes (POU-CBOR-17); beside it topic and properties. */
const MAX_PACKET_BYTES = 262_144 + 4_096;
const KEEP_ALIVE_S = 30;
const VERSION = { protocolVersion: 5 } as const;
/** What the cluster may leave unread of answers and messages to devices. */
const MAX_UNREAD_BYTES = 4 * 2 ** 20;
const MOST_IN_FLIGHT = 65_535;

export interface SessionEvents {
  /** Subscribed: messages come. */
  ready(isResumed: boolean): void;
  /** Once; nothing comes after it. */
  ended(problem: string): void;
}

/**
 * One connection to the cluster, MQTT 5, from the socket to its end. It reads on while messages wait for their commit, unlike clients that
 * hand out the next message after the answer to the one before (mqtt.js): a commit holds as many messages as the receive maximum lets come.
 */
export class ClusterSession implements AckTarget {
  private readonly socket: Socket;
  private readonly options: ClusterConnectionOptions;
  private readonly ports: ClusterConnectionPorts;
  private readonly events: SessionEvents;
  private readonly answers = answerLine();
  private readonly parse = parser(VERSION);
  private window: SendWindow = sendWindow(0);
  private phase: 'connecting' | 'subscribing' | 'ready' | 'over' = 'connecting';
  private isResumed = false;
  private isPaused = false;
  private keepAliveMs = KEEP_ALIVE_S * 1_000;
  private heardMs: number;

  constructor(
    socket: Socket,
    options: ClusterConnectionOptions,
    ports: ClusterConnectionPorts,
    events: SessionEvents,
  ) {
    this.socket = socket;
    this.options = options;
    this.ports = ports;
    this.events = events;
    this.heardMs = ports.clock.monotonicMs();
    socket.once('connect', () => this.sayConnect());
    socket.on('data', (chunk: Buffer) => {
      this.heardMs = ports.clock.monotonicMs();
      this.parse.parse(chunk);
    });
    socket.on('error', (error: Error) => this.end(error.message));
    socket.on('close', () => this.end('the cluster closed the connection'));
    this.parse.on('packet', (packet) => this.take(packet));
    this.parse.on('error', (error: Error) => this.end(`not MQTT 5: ${error.message}`));
  }

  isReady(): boolean {
    return this.phase === 'ready';
  }

  /** Messages that came and are not answered. */
  waiting(): number {
    return this.answers.waiting();
  }

  setPressure(on: boolean): void {
    this.isPaused = on;
    if (on) this.socket.pause();
    else this.socket.resume();
    this.heardMs = this.ports.clock.monotonicMs();
  }

  ack(packetId: number): void {
    this.answers.answer(packetId, STORED);
  }

  flush(): void {
    const known = this.answers.ready();
    if (known.length === 0 || this.phase === 'over') return;
    const packets = known.map(({ packetId, code }) =>
      generate({ cmd: 'puback', messageId: packetId, reasonCode: code }, VERSION),
    );
    this.socket.write(Buffer.concat(packets));
    this.ports.acked(known.filter(({ code }) => code === STORED).length);
  }

  /** False: not sent. */
  publish(topic: string, payload: Uint8Array): boolean {
    if (this.phase !== 'ready' || this.socket.writableLength > MAX_UNREAD_BYTES) return false;
    const messageId = this.window.take();
    if (messageId === null) return false;
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    this.write({ cmd: 'publish', topic, payload: bytes, qos: 1, messageId, dup: false, retain: false });
    return true;
  }

  /** Called about every second. */
  sweep(): void {
    const { clock } = this.ports;
    const silentMs = clock.monotonicMs() - this.heardMs;
    // What is not read says nothing of the cluster.
    if (this.phase === 'over' || this.isPaused) return;
    if (silentMs > this.keepAliveMs * 1.5) this.end('the cluster is silent');
    else if (this.phase === 'ready' && silentMs > this.keepAliveMs / 2) this.write({ cmd: 'pingreq' });
  }

  /** Leaves the session with the cluster: what is not answered comes again. */
  close(): Promise<void> {
    if (this.socket.destroyed) return Promise.resolve();
    const closed = new Promise<void>((resolve) => this.socket.once('close', () => resolve()));
    this.phase = 'over';
    this.socket.end(generate({ cmd: 'disconnect', reasonCode: 0 }, VERSION));
    // One that does not end by itself is cut.
    const callOff = this.ports.scheduler.after(1_000, () => this.socket.destroy());
    return closed.finally(callOff);
  }

  private end(problem: string): void {
    this.socket.destroy();
    if (this.phase === 'over') return;
    this.phase = 'over';
    this.events.ended(problem);
  }

  private write(packet: Packet): void {
    this.socket.write(generate(packet, VERSION));
  }

  private sayConnect(): void {
    const { clientId, username, password, receiveMaximum, sessionExpirySeconds } = this.options;
    this.write({
      cmd: 'connect',
      ...{ protocolId: 'MQTT', protocolVersion: 5, clientId, clean: false, keepalive: KEEP_ALIVE_S },
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password: Buffer.from(password) }),
      properties: {
        receiveMaximum,
        sessionExpiryInterval: sessionExpirySeconds,
        maximumPacketSize: MAX_PACKET_BYTES,
      },
    });
  }

  private take(packet: Packet): void {
    if (this.phase === 'over') return;
    if (packet.cmd === 'publish') this.takeMessage(packet);
    else if (packet.cmd === 'puback') this.window.acked(packet.messageId ?? 0);
    else if (packet.cmd === 'connack') this.connected(packet);
    else if (packet.cmd === 'suback') this.subscribed(packet.granted as number[]);
    else if (packet.cmd === 'disconnect') this.end(disconnectProblem(packet.reasonCode ?? 0));
  }

  private connected(packet: IConnackPacket): void {
    const problem = connackProblem(packet);
    if (problem !== null) {
      this.end(problem);
      return;
    }
    const { receiveMaximum = MOST_IN_FLIGHT, serverKeepAlive = KEEP_ALIVE_S } = packet.properties ?? {};
    this.window = sendWindow(receiveMaximum);
    this.keepAliveMs = serverKeepAlive * 1_000;
    this.isResumed = packet.sessionPresent;
    this.phase = 'subscribing';
    // Also when the cluster knows the session: the configuration may be another one.
    const subscriptions = this.options.subscriptions.map((topic) => ({ topic, qos: 1 as const }));
    this.write({ cmd: 'subscribe', messageId: this.window.take()!, subscriptions });
  }

  private subscribed(granted: readonly number[]): void {
    const problem = subackProblem(granted, this.options.subscriptions);
    if (problem !== null) {
      this.end(problem);
      return;
    }
    this.phase = 'ready';
    // The id of the SUBSCRIBE, the first one.
    this.window.acked(1);
    this.events.ready(this.isResumed);
  }

  private takeMessage({ topic, payload, qos, messageId = 0 }: IPublishPacket & { messageId?: number }): void {
    if (qos > 0) this.answers.arrived(messageId);
    const taken = this.ports.message(topic, payload as Buffer, qos === 0 ? null : this, messageId);
    if (taken === 'later' || qos === 0) return;
    this.answers.answer(messageId, NOT_TAKEN);
    this.flush();
  }
}
