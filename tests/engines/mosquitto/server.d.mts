/** Path of mosquitto 2, or null. */
export function findMosquitto(): string | null;

export interface Mosquitto {
  url: string;
  port: number;
  /** SIGTERM saves what it holds, SIGKILL does not. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  start(): Promise<void>;
  /** Holds still, with its connections open, from SIGSTOP until SIGCONT. */
  signal(name: NodeJS.Signals): void;
  remove(): Promise<void>;
}

/** A real broker of its own, with persistence in a temporary folder; `lines` of mosquitto.conf are added to its listener. */
export function startMosquitto(bin: string, lines?: readonly string[]): Promise<Mosquitto>;
