import { text } from 'node:stream/consumers';
import type { Model } from '@usewire/protocol/model';
import { decodeMessage, fromHex } from '@usewire/protocol/wire';
import { CommandEnd, Exit } from './exit.ts';
import { explainFailure } from './explain-failure.ts';
import { explainMessage } from './explain-message.ts';
import { explainRecords } from './explain-records.ts';
import { readModelFile } from './model-files.ts';

/** Says what a message says; exit code 1 when it would be refused. */
export async function decodeCommand(hex: string, options: { model?: string }): Promise<void> {
  const model = options.model === undefined ? undefined : modelOf(options.model);
  const result = explain(bytesOf(hex === '-' ? await text(process.stdin) : hex), model);
  process.stdout.write(result.text);
  if (!result.ok) process.exitCode = Exit.refused;
}

/** The whole answer of `usewire decode`; not ok = a gateway would refuse these bytes. */
export function explain(bytes: Uint8Array, model?: Model): { ok: boolean; text: string } {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) return { ok: false, text: explainFailure(bytes, decoded.error) };
  const message = decoded.value;
  const head = explainMessage(bytes, message);
  if (!('records' in message)) return { ok: true, text: head };
  const records = explainRecords(bytes, message, model);
  return { ok: records.ok, text: `${head}\n${records.text}` };
}

function bytesOf(input: string): Uint8Array {
  const digits = input.replace(/^\s*0x/i, '').replace(/[\s:,]+/g, '');
  const bytes = fromHex(digits.toLowerCase());
  if (bytes && bytes.length > 0) return bytes;
  const wrong = /[^0-9a-fA-F]/.exec(digits)?.[0];
  const why =
    digits === ''
      ? 'there are none'
      : wrong
        ? `"${wrong}" is none`
        : 'a digit is missing: their number is odd';
  throw new CommandEnd(Exit.usage, `decode wants hex digits; ${why}.`);
}

function modelOf(path: string): Model {
  const result = readModelFile(path);
  if (result.ok) return result.model;
  throw new CommandEnd(Exit.config, result.problems.join('\n'));
}
