import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Every Markdown file of the repository, by its path from the root, and its text. */
export function documents(): [path: string, text: string][] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
  });
  const paths = listed
    .toString()
    .trim()
    .split('\n')
    .filter((path) => !path.endsWith('.api.md') && existsSync(join(root, path)));
  return paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]);
}

export interface NamedTest {
  file: string;
  title: string;
}

/** `path/of.test.ts` "title of a test": every such pair in a text. */
export function testsNamedIn(text: string): NamedTest[] {
  return [...text.matchAll(/`([^`]+\.(?:ts|mjs))` "((?:[^"\\]|\\.)+)"/g)].map(
    ([, file = '', title = '']) => ({
      file,
      title: title.replaceAll('\\"', '"'),
    }),
  );
}

/** Why a named test is none; undefined when it is there. In a benchmark the title is a sentence of the file. */
export function missing({ file, title }: NamedTest): string | undefined {
  const path = join(root, file);
  if (!existsSync(path)) return `${file} does not exist`;
  const text = readFileSync(path, 'utf8').replaceAll("\\'", "'");
  const there = file.endsWith('.mjs')
    ? text.includes(title)
    : ["'", '"', '`'].some(
        (quote) =>
          text.includes(`(${quote}${title}${quote},`) || text.includes(`\n    ${quote}${title}${quote},`),
      );
  return there ? undefined : `${file} has no test "${title}"`;
}
