import { connect } from 'node:net';
import { createContext, runInContext } from 'node:vm';
import type { BoardTransport } from '@usewire/device-sdk/board';
import type { TransportPort } from '@usewire/device-sdk/core';
import { fromOctets, toOctets } from '@usewire/device-sdk/testing';
import type { MqttOptions, Socket } from '../../device-sdk/src/platform/espruino/mqtt.ts';
import { boardFiles } from './board-files.ts';

/** A file as a board loads it: what it exports, with nothing around it but what is given. */
export async function loadBoardFile(name: string, firmware: object): Promise<Record<string, unknown>> {
  const exports: Record<string, unknown> = {};
  runInContext((await boardFiles())[name]!, createContext({ ...firmware, exports }));
  return exports;
}

/** A TCP socket as Espruino's: byte strings both ways, and what comes after its end throws. */
export function byteSocket(options: { host: string; port: number }, connected: () => void): Socket {
  const socket = connect({ ...options, noDelay: true }, connected);
  const open = () => {
    if (socket.closed) throw new Error('This socket is closed');
    return socket;
  };
  return {
    write: (data) => open().write(Buffer.from(data, 'latin1')),
    end: () => void open().end(),
    on: (event, listener) => {
      socket.on(event, (given: unknown) => listener(Buffer.isBuffer(given) ? given.toString('latin1') : ''));
    },
  };
}

export const net = { connect: byteSocket };
const timers = { setInterval, clearInterval };

/** The board's MQTT client, out of its file, on sockets of Node. */
export async function boardMqtt(options: MqttOptions, firmware: object = timers): Promise<BoardTransport> {
  const exports = await loadBoardFile('usewire-mqtt', { require: () => net, ...firmware });
  return (exports['mqtt'] as (options: MqttOptions) => BoardTransport)(options);
}

/** The same as a transport of the core, for the contract that all transports keep. */
export async function boardMqttTransport(options: MqttOptions): Promise<TransportPort> {
  const transport = await boardMqtt(options);
  return {
    open: (will, events) =>
      transport.open(toOctets(will), {
        onOpen: () => events.onOpen(),
        onClose: (reason) => events.onClose(reason),
        onAck: (tag) => events.onAck(tag),
        onMessage: (bytes) => events.onMessage(fromOctets(bytes)),
      }),
    send: (tag, leaf, bytes) => transport.send(tag, leaf, toOctets(bytes), false),
    close: () => transport.close(),
  };
}
