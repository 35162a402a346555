import type { BoardModel } from '@usewire/protocol/model';
import type { BoardOutbox } from '../../board/ports.ts';
import { createFlashOutbox } from '../../flash/outbox.ts';
import { thin } from '../../flash/thin.ts';

export interface FlashAreaOptions {
  /** First byte of the area, at the begin of a page: `require('Flash').getFree()` lists what a board has. Nothing else may use it, Storage neither. */
  address: number;
  /** Of `segmentBytes` each, at least 3. Defaults 8 and 8,192: 64 KiB. */
  segments?: number;
  /** A multiple of the page. */
  segmentBytes?: number;
}

// Of the module: in closures they would cost 3 variables each.
let first = 0;
let size = 0;
let points: BoardModel['points'];

function read(segment: number, at: number, length: number): string {
  const left = Math.min(length, size - at);
  return left > 0 ? E.toString(require('Flash').read(left, first + segment * size + at)) || '' : '';
}

function write(segment: number, at: number, bytes: string): boolean {
  require('Flash').write(bytes, first + segment * size + at);
  // A worn page keeps something else.
  return read(segment, at, bytes.length) === bytes;
}

function erase(segment: number): boolean {
  const flash = require('Flash');
  for (let at = 0; at < size; ) {
    const page = flash.getPage(first + segment * size + at);
    if (!page) return false;
    flash.erasePage(page.addr);
    at += page.length;
  }
  return true;
}

function periodOf(point: number): number {
  for (const name in points) {
    const parts = points[name].split('\n')[0].split('\t');
    if (+parts[0] === point) return +parts[5];
  }
  return 0;
}

/** `require('usewire').start(model, { ..., outbox: flash({ address: ... }) })`: what waits outlives a loss of power. */
export function flash(options: FlashAreaOptions): (model: BoardModel) => BoardOutbox {
  return (model) => {
    first = options.address;
    size = options.segmentBytes || 8192;
    points = model.points;
    return createFlashOutbox({
      port: {
        segments: options.segments || 8,
        segmentBytes: size,
        read: read,
        write: write,
        erase: erase,
        crc32: E.CRC32,
      },
      thin: (body, toMs) => thin(body, toMs, periodOf),
    });
  };
}
