import type { ClusterConnectionStatus } from '../../domain/ports.ts';
import { ClusterSession } from './cluster-session.ts';
import { clusterSocket } from './cluster-socket.ts';
import type { ClusterConnectionOptions, ClusterConnectionPorts } from './cluster-types.ts';

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 10_000;
const SWEEP_MS = 1_000;

/** A place at the cluster that is connected, and connected again when it was lost, until it is closed. */
export class ClusterConnection {
  private readonly options: ClusterConnectionOptions;
  private readonly ports: ClusterConnectionPorts;
  private session: ClusterSession | null = null;
  private isPaused = false;
  private isClosed = false;
  private attempts = 0;
  private retryMs = FIRST_RETRY_MS;
  private opened = 0;
  private problem: string | null = null;
  private callOff: () => void = () => {};
  private stopSweeping: () => void = () => {};

  constructor(options: ClusterConnectionOptions, ports: ClusterConnectionPorts) {
    this.options = options;
    this.ports = ports;
    this.connect();
    this.sweep();
  }

  status(): ClusterConnectionStatus {
    const { session, opened, problem } = this;
    const isUp = session?.isReady() ?? false;
    const { clientId } = this.options;
    return { clientId, url: this.url(), isUp, opened, waiting: session?.waiting() ?? 0, problem };
  }

  publish(topic: string, payload: Uint8Array): boolean {
    return this.session?.publish(topic, payload) ?? false;
  }

  setPressure(on: boolean): void {
    this.isPaused = on;
    this.session?.setPressure(on);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.callOff();
    this.stopSweeping();
    await this.session?.close();
  }

  /** Where it stands or stood last. */
  private url(): string {
    const { urls } = this.options;
    return urls[Math.max(0, this.attempts - 1) % urls.length]!;
  }

  private connect(): void {
    this.attempts += 1;
    try {
      const socket = clusterSocket(this.url(), this.options.tls);
      this.session = new ClusterSession(socket, this.options, this.ports, {
        ready: (isResumed) => this.cameUp(isResumed),
        ended: (problem) => this.wentDown(problem),
      });
      if (this.isPaused) this.session.setPressure(true);
    } catch (error) {
      this.wentDown((error as Error).message);
    }
  }

  private cameUp(isResumed: boolean): void {
    const { clientId } = this.options;
    this.opened += 1;
    this.problem = null;
    this.retryMs = FIRST_RETRY_MS;
    this.ports.log.info('cluster.connected', { clientId, url: this.url(), isResumed });
  }

  private wentDown(problem: string): void {
    this.session = null;
    if (this.isClosed) return;
    const { clientId } = this.options;
    // Once, however long the cluster is away.
    if (this.problem !== problem) this.ports.log.warn('cluster.away', { clientId, url: this.url(), problem });
    this.problem = problem;
    // Full jitter: the connections of all gateways were lost at the same moment.
    this.callOff = this.ports.scheduler.after(Math.random() * this.retryMs, () => this.connect());
    this.retryMs = Math.min(this.retryMs * 2, MAX_RETRY_MS);
  }

  private sweep(): void {
    this.session?.sweep();
    this.stopSweeping = this.ports.scheduler.after(SWEEP_MS, () => this.sweep());
  }
}
