import { codeClass, codeName, toHex, type WireFailure } from '@usewire/protocol/wire';

const CLASS_WORDS = {
  drop: 'the device drops the message',
  resync: 'the device says hello again and sends what is asked for',
  split: 'the device sends it in smaller parts',
  retry: 'the device sends the same bytes later',
  stop: 'the device stops and alarms',
} as const;

/** Why the bytes are refused, what a device makes of it, and the place marked in them. */
export function explainFailure(bytes: Uint8Array, failure: WireFailure): string {
  const { code, offset, detail } = failure;
  return [
    `refused: ${codeName(code)} (code ${code}) at byte ${offset} of ${bytes.length}: ${detail}`,
    `after this code ${CLASS_WORDS[codeClass(code)]}`,
    '',
    ...markedRows(bytes, offset),
    '',
  ].join('\n');
}

const ROW = 16;

/** The row of bytes with the offset and its neighbours, with a mark under the byte. */
export function markedRows(bytes: Uint8Array, offset: number): string[] {
  const row = Math.floor(Math.min(offset, bytes.length) / ROW);
  const lines: string[] = [];
  for (let r = Math.max(0, row - 2); r <= row + 1 && r * ROW <= bytes.length; r++) {
    const part = bytes.subarray(r * ROW, (r + 1) * ROW);
    if (part.length > 0 || r === row) lines.push(`${String(r * ROW).padStart(6)}  ${spaced(part)}`.trimEnd());
    if (r === row)
      lines.push(
        `${' '.repeat(8 + (offset - r * ROW) * 3)}^^ ${offset >= bytes.length ? 'the bytes end here' : `byte ${offset}`}`,
      );
  }
  return lines;
}

function spaced(bytes: Uint8Array): string {
  return toHex(bytes).replace(/(..)(?=.)/g, '$1 ');
}
