import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = fileURLToPath(new URL('.', import.meta.url));
const mark = /^\s*\/\/ @ts-expect-error: (.*) \[(.*)\]$/;

/** A line that has to fail: what is wrong with it, and what the compiler's words have to contain. */
export interface WrongLine {
  file: string;
  line: number;
  what: string;
  words: string;
}

export interface CompiledLine {
  file: string;
  line: number;
  message: string;
}

function compilerOptions(): ts.CompilerOptions {
  const path = join(here, '..', 'tsconfig.json');
  const config = ts.readConfigFile(path, ts.sys.readFile);
  const options = ts.parseJsonConfigFileContent(config.config, ts.sys, join(here, '..')).options;
  // The imports are sources of portable packages, which their own projects check without this option.
  return { ...options, noUncheckedIndexedAccess: false };
}

/** The corpus as the compiler sees it: with the marks disarmed, so that every error shows itself. */
function corpusHost(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const read = host.readFile;
  host.readFile = (path) => {
    const source = read(path);
    return path.includes('/types/corpus/') ? source?.replaceAll('@ts-expect-error', 'wrong') : source;
  };
  return host;
}

function wrongLines(file: string, source: string): WrongLine[] {
  const lines = source.split('\n');
  return lines.flatMap((text, index) => {
    const found = mark.exec(text);
    return found ? [{ file, line: index + 2, what: found[1]!, words: found[2]! }] : [];
  });
}

function located(diagnostic: ts.Diagnostic): CompiledLine {
  const place = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
  return {
    file: (diagnostic.file?.fileName ?? '').replace(/^.*\//, ''),
    line: (place?.line ?? -1) + 1,
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
  };
}

/** Compiles all of corpus/ as one program. */
export function compileCorpus(): { wrong: WrongLine[]; errors: CompiledLine[]; files: string[] } {
  const files = readdirSync(join(here, 'corpus')).sort();
  const options = compilerOptions();
  const paths = files.map((file) => join(here, 'corpus', file));
  const program = ts.createProgram(paths, options, corpusHost(options));
  const wrong = files.flatMap((file, index) => wrongLines(file, ts.sys.readFile(paths[index]!) ?? ''));
  return { wrong, errors: ts.getPreEmitDiagnostics(program).map(located), files };
}
