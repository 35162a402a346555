import type { BoardEvents, BoardTransport } from '../../board/ports.ts';
import type { CloseReason, UpLeaf } from '../../core/ports.ts';

/** What a client needs of a socket: byte strings both ways. */
export interface Socket {
  write(data: string): unknown;
  end(): void;
  on(event: 'data' | 'close' | 'error', listener: (data: string) => void): void;
}

export interface MqttOptions {
  host: string;
  /** Default 1883. */
  port?: number;
  tenant: string;
  device: string;
  token: string;
  /** A silent link is found dead within two of it. Default 60. */
  keepAliveSeconds?: number;
  /** Another way to a socket (TLS, a modem). Calls back, later, when it is connected. Default: `net.connect`. */
  connect?: (options: { host: string; port: number }, connected: () => void) => Socket;
}

/** The transport and its state: plain functions work on it, as closures would cost 3 variables more each. */
interface Link extends BoardTransport {
  options: MqttOptions;
  topic: string;
  /** Null: no connection, nor one on its way. */
  socket: Socket | null;
  events: BoardEvents | null;
  input: string;
  isOpen: boolean;
  isPinged: boolean;
  timer: unknown;
}

/** Nothing that a gateway sends to a board is longer. */
const maxInputBytes = 2048;

const chars = String.fromCharCode;

function text(content: string): string {
  return chars(content.length >> 8, content.length & 255) + content;
}

/** Sends a packet: type and flags, remaining length, body (MQTT 3.1.1, 2.2). */
function write(link: Link, first: number, body: string): void {
  let length = body.length;
  let made = chars(first);
  while (length > 127) {
    made += chars((length & 127) | 128);
    length >>= 7;
  }
  // On a socket that is closed it throws. Its 'close' event says the same, and no answer is waited for without end.
  try {
    link.socket!.write(made + chars(length) + body);
  } catch (_) {}
}

function fail(link: Link, kind: CloseReason['kind'], detail: string): void {
  link.close();
  link.events!.onClose({ kind: kind, detail: detail });
}

function onPacket(link: Link, first: number, body: string): void {
  const code = body.charCodeAt(body.length - 1);
  if (first === 0x20 && code) fail(link, code === 3 ? 'unreachable' : 'refused', 'CONNACK ' + code);
  else if (first === 0x20) {
    // The gateway may answer the hello at once, so listen first. The id is no tag: these end at 65,000.
    write(link, 0x82, chars(255, 255) + text(link.topic + 'dn') + chars(1));
  } else if (first === 0x90 && code < 128) {
    link.isOpen = true;
    link.events!.onOpen();
  } else if (first === 0xd0) link.isPinged = false;
  else if (first === 0x40 && link.isOpen) link.events!.onAck(body.charCodeAt(0) * 256 + code);
  else if (first >> 4 === 3 && link.isOpen) {
    let at = 2 + body.charCodeAt(0) * 256 + body.charCodeAt(1);
    if (first & 6) {
      write(link, 0x40, body.substr(at, 2));
      at += 2;
    }
    link.events!.onMessage(body.substr(at));
  } else fail(link, 'lost', 'packet ' + first);
}

function onData(link: Link, own: Socket, data: string): void {
  link.input += data;
  // A packet may close the link, or open the next one.
  while (link.socket === own && link.input.length > 1) {
    const input = link.input;
    let at = 1;
    let length = 0;
    let byte = 128;
    while (byte > 127 && at < 4) {
      byte = input.charCodeAt(at);
      length += (byte & 127) << (7 * (at - 1));
      at++;
    }
    if (byte > 127 || length > maxInputBytes) {
      fail(link, 'lost', 'no MQTT');
      return;
    }
    // What is not there yet has no code.
    if (!(input.length >= at + length && byte >= 0)) return;
    link.input = input.substr(at + length);
    onPacket(link, input.charCodeAt(0), input.substr(at, length));
  }
}

function open(this: Link, will: string, events: BoardEvents): void {
  const link = this;
  const options = link.options;
  const keepAlive = options.keepAliveSeconds || 60;
  const connect = options.connect || require('net').connect;
  let own: Socket;
  link.events = events;
  link.input = '';
  link.isPinged = false;
  try {
    own = connect({ host: options.host, port: options.port || 1883 }, () => {
      const id = text(options.tenant + '.' + options.device);
      // MQTT 3.1.1; clean session, will with QoS 1 that is retained, user name, password.
      const head = text('MQTT') + chars(4, 2 + 4 + 8 + 32 + 64 + 128, keepAlive >> 8, keepAlive & 255);
      if (own === link.socket)
        write(link, 0x10, head + id + text(link.topic + 'st') + text(will) + id + text(options.token));
    }) as Socket;
  } catch (error) {
    fail(link, 'unreachable', '' + error);
    return;
  }
  const ended = (): void => {
    if (own === link.socket) fail(link, link.isOpen ? 'lost' : 'unreachable', 'the connection was closed');
  };
  link.socket = own;
  link.timer = setInterval(() => {
    if (link.isPinged) fail(link, 'lost', 'no answer to a ping');
    else if (link.isOpen) {
      link.isPinged = true;
      write(link, 0xc0, '');
    }
  }, keepAlive * 1000);
  own.on('data', (data: string): void => {
    if (own === link.socket) onData(link, own, data);
  });
  own.on('close', ended);
  own.on('error', ended);
}

function send(this: Link, tag: number, leaf: UpLeaf, bytes: string, again: boolean): boolean {
  const link = this;
  if (!link.isOpen) return false;
  const first = 0x32 + (again ? 8 : 0) + (leaf === 'st' ? 1 : 0);
  write(link, first, text(link.topic + leaf) + chars(tag >> 8, tag & 255) + bytes);
  return true;
}

function close(this: Link): void {
  const link = this;
  const socket = link.socket;
  if (!socket) return;
  // So that the broker keeps the will to itself.
  if (link.isOpen) write(link, 0xe0, '');
  clearInterval(link.timer as number);
  link.socket = null;
  link.isOpen = false;
  try {
    socket.end();
  } catch (_) {}
}

/** MQTT 3.1.1 as a transport: one connection at a time, QoS 1. Resending and its schedule are the board's. */
export function mqtt(options: MqttOptions): BoardTransport {
  const link: Link = {
    options: options,
    topic: 'pou/1/' + options.tenant + '/' + options.device + '/',
    socket: null,
    events: null,
    input: '',
    isOpen: false,
    isPinged: false,
    timer: 0,
    open: open,
    send: send,
    close: close,
  };
  return link;
}
