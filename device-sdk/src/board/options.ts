export interface BoardOptions {
  /** Largest data message in bytes, at least 256. Default 512. */
  maxMessageBytes?: number;
  /** Messages that wait in RAM, in bytes. A record beyond it takes the place of the oldest unsent message. Default 1400: 120 variables. */
  maxQueueBytes?: number;
  /** A message is made when its oldest record is this old. Default 10,000. Critical points: at once. */
  flushIntervalMs?: number;
  /** Messages on the way at the same time. Default 4. */
  maxInFlight?: number;
  /** Backoff between attempts to connect, with full jitter. Defaults 1,000 and 60,000. After a refusal: the latter. */
  minRetryMs?: number;
  maxRetryMs?: number;
  /** Without an answer for this long the link is taken for dead. Default 30,000. */
  ackTimeoutMs?: number;
  /** Below so many free variables nothing is recorded: out of memory cannot be caught on Espruino. Default 250. */
  minFree?: number;
  /** Told to the gateway once a boot, 1 to 64 ASCII characters. */
  hardware?: string;
  software?: string;
}

export type BoardSettings = Required<BoardOptions>;

export function settingsOf(options: BoardOptions | undefined): BoardSettings {
  const settings: BoardSettings = {
    maxMessageBytes: 512,
    maxQueueBytes: 1400,
    flushIntervalMs: 10000,
    maxInFlight: 4,
    minRetryMs: 1000,
    maxRetryMs: 60000,
    ackTimeoutMs: 30000,
    minFree: 250,
    hardware: 'board',
    software: 'unknown',
  };
  const made = settings as unknown as { [name: string]: unknown };
  const given = (options || {}) as { [name: string]: unknown };
  for (const name in given) made[name] = given[name];
  return settings;
}
