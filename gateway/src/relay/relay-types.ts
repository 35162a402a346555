import type { Clock, Log, Scheduler, SerialPortStatus } from '../domain/ports.ts';
import type { SerialPortOptions } from '../gateway-types.ts';
import type { OpenSerial } from '../ingress/serial/open-port.ts';

/** A port, its device, and what the device logs in with at the gateway. */
export interface RelayPortOptions extends Omit<SerialPortOptions, 'wiring'> {
  /** The device's token. Left out for a gateway on this machine that asks for none, or with a certificate. */
  token?: string;
}

export interface RelayOptions {
  /** `mqtt://host:1883` or `mqtts://host:8883`. */
  gateway: string;
  ports: readonly RelayPortOptions[];
  /** PEM, for TLS. */
  tls?: { ca?: Uint8Array; cert?: Uint8Array; key?: Uint8Array };
  /** Ends of MQTT connections that are dead are found after one and a half of it; default 60, 1 to 3,600. */
  keepAliveSeconds?: number;
}

export interface RelayPorts {
  log?: Log;
  clock?: Clock;
  scheduler?: Scheduler;
  /** Opens serial ports; default: those of the system. */
  openSerial?: OpenSerial;
}

export interface RelayPortStatus extends SerialPortStatus {
  /** The gateway has let the device in. */
  gateway: 'up' | 'connecting' | 'away';
  /** Frames that were published and are not acknowledged; nothing else is held. */
  inFlight: number;
  /** Frames that the gateway has acknowledged. */
  relayed: number;
  /** Frames that were left to the device, which sends them again: the gateway was away, or too many were on their way. */
  leftWithDevice: number;
}

/** Moves frames between serial devices and a gateway elsewhere; what it holds is gone with it, and still with the device. */
export interface Relay {
  start(): void;
  status(): RelayPortStatus[];
  /** Lets go of ports and connections. */
  stop(): Promise<void>;
}
