export type { BoardModel } from '@usewire/protocol/model';
export { type Board, type BoardStatus, createBoard } from './board.ts';
export type { Octets } from './octets.ts';
export type { BoardOptions } from './options.ts';
export type { BoardEvents, BoardPorts, BoardStorage, BoardTransport } from './ports.ts';
