import { readFileSync } from 'node:fs';
import { decodeModel, encodeModel, type Model } from '@usewire/protocol/model';
import { CommandEnd, Exit } from './exit.ts';

export type ModelFileResult = { ok: true; model: Model } | { ok: false; problems: string[] };

/** Reads a product model: JSON as `parseModelFile` takes it, or the canonical bytes. */
export function readModelFile(path: string): ModelFileResult {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return {
      ok: false,
      problems: [`${path}: the model cannot be read (${(error as NodeJS.ErrnoException).code})`],
    };
  }
  return fromBinary(path, bytes);
}

function fromBinary(path: string, bytes: Buffer): ModelFileResult {
  const decoded = decodeModel(bytes);
  if (decoded.ok) return { ok: true, model: decoded.value };
  return {
    ok: false,
    problems: [`${path}: not a model: ${decoded.error.detail} at byte ${decoded.error.offset}`],
  };
}

export function modelFileProblems(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const result = readModelFile(path);
    return result.ok ? [] : result.problems;
  });
}

/** Canonical bytes of every model; faults end the command. */
export function readModelFiles(paths: readonly string[]): Uint8Array[] {
  const results = paths.map(readModelFile);
  const problems = results.flatMap((result) => (result.ok ? [] : result.problems));
  if (problems.length > 0) throw new CommandEnd(Exit.config, problems.join('\n'));
  return results.flatMap((result) => (result.ok ? [encodeModel(result.model)] : []));
}
