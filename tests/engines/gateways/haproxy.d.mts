/** Path of haproxy, or null. */
export function findHaproxy(): string | null;

export interface Balancer {
  port: number;
  stop(): Promise<void>;
}

/** A TCP load balancer in front of servers on this machine. */
export function startHaproxy(bin: string, ports: readonly number[]): Promise<Balancer>;
