import type { ChildProcess } from 'node:child_process';

/** Until `answers(port)` says that somebody does; a server that ends instead is an error. */
export function untilListening(
  name: string,
  server: { port: number; child: ChildProcess; answers(port: number): Promise<boolean> },
): Promise<void>;

export function freePort(): Promise<number>;
