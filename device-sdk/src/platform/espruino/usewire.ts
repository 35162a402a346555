import { createBoard } from '../../board/board.ts';
import { start } from './start.ts';

// The file of a board: what `require('usewire')` gives.
exports.start = start;
exports.createBoard = createBoard;
