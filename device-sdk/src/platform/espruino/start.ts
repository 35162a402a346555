import type { BoardModel } from '@usewire/protocol/model';
import { type Board, createBoard } from '../../board/board.ts';
import type { BoardOptions } from '../../board/options.ts';
import type { BoardOutbox, BoardPorts, BoardTransport } from '../../board/ports.ts';
import { uptimeMs, wall } from './clock.ts';

export interface StartOptions extends BoardOptions {
  /** `require('usewire-mqtt').mqtt({...})`, or another transport. */
  link: BoardTransport;
  /** `require('usewire-flash').flash({...})`: what waits outlives a loss of power. */
  outbox?: (model: BoardModel) => BoardOutbox;
}

const mostMs = 60000;

/*
 * One board a firmware, so its parts are of the module: in closures they would cost 3 variables each.
 */
let board: Board;
let timer = 0;

function arm(ms: number): void {
  if (timer) clearTimeout(timer);
  timer = setTimeout(run, Math.min(ms, mostMs));
}

function run(): void {
  timer = 0;
  // First, so that what throws inside does not end the board's time.
  arm(mostMs);
  arm(board.tick());
}

function wake(): void {
  arm(50);
}

function get(key: string): string | undefined {
  return require('Storage').read('uw.' + key);
}

function put(key: string, value: string): boolean {
  return require('Storage').write('uw.' + key, value);
}

function fill(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = E.hwRand();
}

function utf8(text: string): string {
  return E.toString(E.toUint8Array(text));
}

function free(): number {
  return process.memory(false).free;
}

/** The board on Espruino: its clock, its flash for boot number and choices (`uw.*` in Storage), one timer. Call it once. */
export function start(model: BoardModel, options: StartOptions): Board {
  const ports: BoardPorts = {
    clock: { uptimeMs: uptimeMs, wall: wall },
    random: { next: Math.random, fill: fill },
    storage: { get: get, put: put },
    transport: options.link,
    utf8: utf8,
    unbase64: atob,
    free: free,
    wake: wake,
  };
  if (options.outbox) ports.outbox = options.outbox(model);
  board = createBoard(model, ports, options);
  E.on('kill', () => {
    board.stop();
  });
  run();
  return board;
}
