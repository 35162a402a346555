import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './gateway-kit.ts';

/** Path of an Espruino interpreter for this machine (docs/boards.md), or undefined: what needs it is skipped then. */
export const espruinoBin = process.env['ESPRUINO_BIN'];

export interface Run {
  /** Whole lines of output that begin with this word and a space, without these. */
  lines(word: string): string[];
  /** Resolves with the first line of that word that fits; fails with all output. */
  line(word: string, fits?: (text: string) => boolean, deadlineMs?: number): Promise<string>;
  end(): Promise<void>;
}

/** The script has to call `quit()`, or is killed by `end`. */
function run(dir: string, script: string): Run {
  writeFileSync(join(dir, 'script.js'), script);
  // At the end of its input the interpreter reads 0xff for ever, and it takes SIGTERM for Ctrl-C: hence the pipe that stays open, and SIGKILL.
  const child: ChildProcess = spawn(espruinoBin!, ['script.js'], {
    cwd: dir,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout!.setEncoding('latin1').on('data', (text: string) => {
    output += text;
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = (word: string) =>
    output
      .split(/\r?\n/)
      .slice(0, -1)
      .filter((line) => line.startsWith(`${word} `))
      .map((line) => line.slice(word.length + 1));
  return {
    lines,
    line: async (word, fits = () => true, deadlineMs = 20_000) => {
      try {
        return await eventually(() => lines(word).find(fits), `a line ${word}`, deadlineMs);
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${output.slice(-2000)}`);
      }
    },
    end: () => {
      child.kill('SIGKILL');
      return exited;
    },
  };
}

export interface EspruinoBoard {
  run(script: string): Run;
  remove(): void;
}

const sliceBytes = 200;
const slicesARun = 10;

/** A board with these files in its Storage, each written in slices that fit into little RAM. */
export async function espruinoBoard(files: Record<string, string>): Promise<EspruinoBoard> {
  const dir = mkdtempSync(join(tmpdir(), 'usewire-espruino-'));
  const writes = Object.entries(files).flatMap(([name, text]) =>
    Array.from({ length: Math.ceil(text.length / sliceBytes) }, (_, i) => {
      const at = i * sliceBytes;
      const size = i === 0 ? `,${text.length}` : '';
      return `s.write(${JSON.stringify(name)},${JSON.stringify(text.slice(at, at + sliceBytes))},${at}${size});`;
    }),
  );
  for (let i = 0; i < writes.length; i += slicesARun) {
    const part = [
      'var s=require("Storage");',
      ...writes.slice(i, i + slicesARun),
      'print("WRITTEN ok");quit();',
    ];
    const upload = run(dir, part.join('\n'));
    await upload.line('WRITTEN');
    await upload.end();
  }
  return { run: (script) => run(dir, script), remove: () => rmSync(dir, { recursive: true, force: true }) };
}
