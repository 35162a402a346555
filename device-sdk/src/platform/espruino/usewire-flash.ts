import { flash } from './flash.ts';

// The file of a board: what `require('usewire-flash')` gives.
exports.flash = flash;
