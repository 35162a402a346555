import type { Model } from '@usewire/protocol/model';
import { toHex } from '@usewire/protocol/wire';
import type { QuarantineEntry } from '../domain/ports.ts';
import { explain } from './decode-command.ts';

const ROW_BYTES = 32;

/** All that is known of an entry: who, when, why, where in it, its bytes, and what they say. */
export function quarantineText(entry: QuarantineEntry, model: Model | undefined): string {
  const { payload, boot, seq } = entry;
  const message = seq === undefined ? 'its identity cannot be read' : `boot ${boot} seq ${seq}`;
  const lines = [
    `entry ${entry.id}: ${entry.tenant}.${entry.device}, ${message}`,
    `received  ${new Date(entry.receivedAtMs).toISOString()} over ${entry.link}${entry.topic ? `, topic ${entry.topic}` : ''}`,
    `refused   ${entry.reason}: ${entry.detail}`,
    `model     ${modelWords(entry, model)}`,
    '',
    ...hexRows(payload),
    '',
    explain(payload, model).text.trimEnd(),
  ];
  return `${lines.join('\n')}\n`;
}

function modelWords({ madeWith = '', modelHash }: QuarantineEntry, model: Model | undefined): string {
  if (madeWith === '') return 'none is named';
  const name = model === undefined ? 'not known here' : `${model.product} version ${model.version}`;
  return `${madeWith}, ${name}${modelHash === undefined ? '' : '; the message waits for it'}`;
}

function hexRows(bytes: Uint8Array): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const row = toHex(bytes.subarray(at, at + ROW_BYTES)).replace(/(..)(?=.)/g, '$1 ');
    rows.push(`${String(at).padStart(6)}  ${row}`);
  }
  return rows.length === 0 ? ['        (no bytes)'] : rows;
}
