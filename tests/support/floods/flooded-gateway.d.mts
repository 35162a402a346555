export interface Known {
  clientId: string;
  token: string;
}
export declare function device(name: string): Known;

export interface FloodedGateway {
  pid: number;
  mqttPort: number;
  /** 0 without TLS. */
  mqttsPort: number;
  counters(): Promise<{ messages: number; pauses: number; refused: Record<string, number> }>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}
export declare function floodedGateway(options: {
  devices: readonly Known[];
  models?: readonly Uint8Array[];
  tls?: { cert: string; key: string } | null;
  guard?: object;
}): Promise<FloodedGateway>;

export interface Tally {
  tried: number;
  /** By the gateway, or over. */
  closed: number;
  messages: number;
}
export declare function attack(order: {
  attack: string;
  port: number;
  tlsPort: number;
  count: number;
  devices: readonly Known[];
}): Promise<{ tally(): Promise<Tally>; stop(): Promise<unknown> }>;
