import { readFileSync } from 'node:fs';
import { parseModelFile } from '@usewire/protocol/check';
import { decodeModel, encodeModel, type Model } from '@usewire/protocol/model';
import { CommandEnd, Exit } from './exit.ts';

export type ModelFileResult = { ok: true; model: Model } | { ok: false; problems: string[] };

/** Reads a product model: JSON as `parseModelFile` takes it, or the canonical bytes. */
export function readModelFile(path: string): ModelFileResult {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { ok: false, problems: [`${path}: the model cannot be read (${code})`] };
  }
  // A canonical model is a CBOR map: its first byte is never "{" or a space.
  return /^[{\s]/.test(bytes.toString('latin1', 0, 1)) ? fromJson(path, bytes) : fromBinary(path, bytes);
}

function fromJson(path: string, bytes: Buffer): ModelFileResult {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return { ok: false, problems: [`${path}: not JSON: ${(error as Error).message}`] };
  }
  const parsed = parseModelFile(json);
  if (parsed.ok) return parsed;
  return { ok: false, problems: parsed.faults.map((fault) => `${path}: ${fault.path}: ${fault.message}`) };
}

function fromBinary(path: string, bytes: Buffer): ModelFileResult {
  const decoded = decodeModel(bytes);
  if (decoded.ok) return { ok: true, model: decoded.value };
  const { detail, offset } = decoded.error;
  return { ok: false, problems: [`${path}: not a model: ${detail} at byte ${offset}`] };
}

export function modelFileProblems(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const result = readModelFile(path);
    return result.ok ? [] : result.problems;
  });
}

/** Those that can be read; what is wrong with the others is told elsewhere. */
export function readableModels(paths: readonly string[]): Model[] {
  return paths.map(readModelFile).flatMap((result) => (result.ok ? [result.model] : []));
}

/** Canonical bytes of every model; faults end the command. */
export function readModelFiles(paths: readonly string[]): Uint8Array[] {
  const results = paths.map(readModelFile);
  const problems = results.flatMap((result) => (result.ok ? [] : result.problems));
  if (problems.length > 0) throw new CommandEnd(Exit.config, problems.join('\n'));
  return results.flatMap((result) => (result.ok ? [encodeModel(result.model)] : []));
}
