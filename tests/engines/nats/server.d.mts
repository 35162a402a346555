/** Path of nats-server, or null. */
export function findNats(): string | null;

export interface NatsServer {
  url: string;
  /** SIGKILL; what it stored stays. */
  kill(): Promise<void>;
  start(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  remove(): Promise<void>;
}

/** A real server of its own with JetStream in a temporary folder; `flags` as nats-server takes them. */
export function startNats(bin: string, flags?: readonly string[]): Promise<NatsServer>;
