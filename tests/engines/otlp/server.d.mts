/** Why there is no receiver here; null = there is. It may be built first, which takes minutes once. */
export function whyNoCollector(): string | null;

export interface Collector {
  url: string;
  /** What it understood: requests as the Collector's own library writes them in JSON, in order. */
  understood(): { kind: 'metrics' | 'logs'; data: Record<string, unknown> }[];
  /** From now on it takes everything, says that it is busy, or refuses. */
  says(word: 'yes' | 'busy' | 'refuse'): void;
  /** SIGKILL. */
  kill(): Promise<void>;
  start(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  remove(): Promise<void>;
}

export function startCollector(): Promise<Collector>;
