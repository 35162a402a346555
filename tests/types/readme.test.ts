import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

/** The lines that a newcomer copies first have to compile as they stand. */
const root = join(import.meta.dirname, '../..');

function firstBlock(file: string): string {
  const block = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, file), 'utf8'));
  if (!block) throw new Error(`${file} has no block of TypeScript`);
  return block[1]!;
}

function errorsIn(text: string): string[] {
  // Stands among the tests, so that packages are found as a test finds them.
  const path = join(import.meta.dirname, 'readme-block.ts');
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tests/tsconfig.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
  )!;
  const host = ts.createCompilerHost(config.options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.readFile = (name) => (name === path ? text : readFile(name));
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, text, rest[0]) : getSourceFile(name, ...rest);
  const program = ts.createProgram([path], config.options, host);
  const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(path));
  return found.map((one) => ts.flattenDiagnosticMessageText(one.messageText, ' '));
}

it.each(['README.md', 'device-sdk/README.md'])('the first lines of %s compile', (file) => {
  expect(errorsIn(firstBlock(file))).toEqual([]);
});

it('would find a line that does not', () => {
  expect(errorsIn(firstBlock('README.md').replace("water: 'pot'", "water: 'tub'"))).toHaveLength(1);
});
