import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'tsup';
import { espruino } from '../../device-sdk/tsup.espruino.ts';

const sources = join(import.meta.dirname, '../../device-sdk/src');

/** The text of files that a board loads, built as `npm run build` builds them. `entries`: name and path below `device-sdk/src`, or source text. */
async function built(entries: Record<string, string>): Promise<Record<string, string>> {
  const dir = mkdtempSync(join(tmpdir(), 'usewire-board-'));
  try {
    const entry: Record<string, string> = {};
    for (const [name, given] of Object.entries(entries)) {
      entry[name] = given.endsWith('.ts') ? join(sources, given) : join(dir, `${name}.ts`);
      if (!given.endsWith('.ts')) writeFileSync(entry[name], given.replaceAll('SRC', sources));
    }
    await build({ ...espruino, entry, outDir: join(dir, 'out'), silent: true, config: false, clean: false });
    const read = (name: string) => readFileSync(join(dir, 'out', `${name}.min.js`), 'latin1');
    return Object.fromEntries(Object.keys(entry).map((name) => [name, read(name)]));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

let files: Promise<Record<string, string>> | undefined;

/** `usewire`, `usewire-mqtt` and `usewire-flash`, as a board loads them, and `codec`: what of it makes and reads bytes. Built once a process. */
export function boardFiles(): Promise<Record<string, string>> {
  files ??= built({
    usewire: 'platform/espruino/usewire.ts',
    'usewire-mqtt': 'platform/espruino/usewire-mqtt.ts',
    'usewire-flash': 'platform/espruino/usewire-flash.ts',
    codec: `import { field } from 'SRC/board/field.ts';
import { readItem } from 'SRC/board/read-item.ts';
import { addRow, closeBlock } from 'SRC/board/entries.ts';
exports.put = field; exports.get = readItem; exports.write = addRow; exports.end = closeBlock;
`,
  });
  return files;
}
