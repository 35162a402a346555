import { isId, topicFor } from '@usewire/protocol/wire';
import { type CloseReason, deviceError, type TransportEvents, type TransportPort } from '../core/index.ts';
import { splitSequence } from './split-sequence.ts';

export interface HttpTransportOptions {
  /** `https://host` or, on this machine, `http://host:8080`. */
  gateway: string;
  /** 1 to 32 of A-Z a-z 0-9 _ -. */
  tenant: string;
  device: string;
  /** The device's secret. Left out only for a gateway on this machine that asks for none. */
  token?: string;
  /** How often it asks for messages while nothing is sent, 10 to 86,400,000; default 30,000. A lost gateway is found by it. */
  pollIntervalMs?: number;
  /** An answer that takes longer is none, 100 to 600,000; default 30,000. */
  timeoutMs?: number;
  /** Default: the platform's. */
  fetch?: typeof fetch;
}

type Settings = HttpTransportOptions & { pollIntervalMs: number; timeoutMs: number };

/** Messages that wait for the answer to the one before; the core's window is smaller. */
const MAX_WAITING = 256;

function checked(options: HttpTransportOptions): Settings {
  const hold = (isRight: boolean, name: string, must: string): void => {
    const value = String(options[name as keyof HttpTransportOptions]);
    if (!isRight) throw deviceError('DEV_OPTION', `${name} is '${value}'; it must be ${must}.`);
  };
  const { pollIntervalMs = 30_000, timeoutMs = 30_000 } = options;
  const isIn = (value: number, least: number, most: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most;
  hold(isId(options.tenant ?? ''), 'tenant', '1 to 32 of A-Z a-z 0-9 _ -');
  hold(isId(options.device ?? ''), 'device', '1 to 32 of A-Z a-z 0-9 _ -');
  hold(/^https?:\/\/[^/]+\/?$/.test(options.gateway), 'gateway', 'an address as https://host');
  hold(isIn(pollIntervalMs, 10, 86_400_000), 'pollIntervalMs', 'an integer from 10 to 86400000');
  hold(isIn(timeoutMs, 100, 600_000), 'timeoutMs', 'an integer from 100 to 600000');
  return { ...options, pollIntervalMs, timeoutMs };
}

/** The messages of a device over HTTP, one a POST, in order. Throws a `DeviceError` (`DEV_OPTION`) for options that cannot work. */
export function httpTransport(options: HttpTransportOptions): TransportPort {
  const settings = checked(options);
  let current: HttpSession | null = null;
  return {
    // The will stays here: nobody would notice that the link is lost.
    open(_will, events) {
      current?.close();
      current = new HttpSession(settings, events);
    },
    send: (tag, _leaf, bytes) => current?.send(tag, bytes) ?? false,
    close() {
      current?.close();
      current = null;
    },
  };
}

/** One attempt: asks for messages, and is open when that is answered; then posts and asks until a request fails. */
class HttpSession {
  private readonly settings: Settings;
  private readonly events: TransportEvents;
  private readonly stop = new AbortController();
  private waiting: { tag: number; bytes: Uint8Array }[] = [];
  private phase: 'opening' | 'open' | 'over' = 'opening';
  private isPosting = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(settings: Settings, events: TransportEvents) {
    this.settings = settings;
    this.events = events;
    void this.poll();
  }

  send(tag: number, bytes: Uint8Array): boolean {
    if (this.phase !== 'open' || this.waiting.length >= MAX_WAITING) return false;
    this.waiting.push({ tag, bytes: bytes.slice() });
    void this.pump();
    return true;
  }

  close(): void {
    this.phase = 'over';
    clearTimeout(this.timer);
    this.stop.abort();
  }

  /** One after the other: requests that overtake each other would arrive out of order. */
  private async pump(): Promise<void> {
    if (this.isPosting) return;
    this.isPosting = true;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      const isTaken = await this.ask('POST', 'up', next.bytes);
      if (!isTaken) break;
      this.events.onAck(next.tag);
    }
    this.isPosting = false;
  }

  private async poll(): Promise<void> {
    if (!(await this.ask('GET', 'dn'))) return;
    if (this.phase === 'opening') {
      this.phase = 'open';
      this.events.onOpen();
    }
    this.timer = setTimeout(() => void this.poll(), this.settings.pollIntervalMs);
    // A timer of a browser is a number, and keeps nothing open.
    (this.timer as { unref?: () => void }).unref?.();
  }

  /** Whether it was answered with yes; what the gateway says is told before. */
  private async ask(method: 'GET' | 'POST', leaf: 'up' | 'dn', body?: Uint8Array): Promise<boolean> {
    try {
      const response = await this.request(method, leaf, body);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (this.isOver()) return false;
      for (const message of splitSequence(bytes)) if (!this.isOver()) this.events.onMessage(message);
      if (!response.ok) this.end(reasonOf(response.status, this.phase === 'open'));
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
      const detail = cause?.code ?? cause?.message ?? message;
      this.end({ kind: this.phase === 'open' ? 'lost' : 'unreachable', detail });
    }
    return !this.isOver();
  }

  private request(
    method: 'GET' | 'POST',
    leaf: 'up' | 'dn',
    body: Uint8Array | undefined,
  ): Promise<Response> {
    const { gateway, tenant, device, token, timeoutMs } = this.settings;
    const ask = this.settings.fetch ?? fetch;
    const headers: Record<string, string> = {};
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) headers['content-type'] = 'application/cbor';
    return ask(`${gateway.replace(/\/$/, '')}/${topicFor(tenant, device, leaf)}`, {
      ...{ method, headers, signal: AbortSignal.any([this.stop.signal, AbortSignal.timeout(timeoutMs)]) },
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      // A token goes to the gateway that was named, and nowhere else.
      redirect: 'error',
    });
  }

  private isOver(): boolean {
    return this.phase === 'over';
  }

  private end(reason: CloseReason): void {
    if (this.isOver()) return;
    this.close();
    this.events.onClose(reason);
  }
}

function reasonOf(status: number, wasOpen: boolean): CloseReason {
  const detail = `the gateway answered ${status}`;
  if (status === 401 || status === 403 || status === 404) return { kind: 'refused', detail };
  return { kind: wasOpen ? 'lost' : 'unreachable', detail };
}
